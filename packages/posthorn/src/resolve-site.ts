import { invalidOption, parseMembers, type Site } from '@posthorn/core'

/**
 * The site with no slash at the end of its URLs, since links begin with one.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function resolveSite(site: Site): Site {
  parseMembers('site', site, ['htmlUrl', 'apiUrl', 'links'])
  return {
    ...site,
    htmlUrl: parseBaseUrl('site.htmlUrl', site.htmlUrl),
    apiUrl: parseBaseUrl('site.apiUrl', site.apiUrl),
  }
}

function parseBaseUrl(field: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (typeof value !== 'string' || !isHttp || url.search !== '' || url.hash !== '') {
    throw invalidOption(field, 'an absolute http or https URL without query and fragment', value)
  }
  return value.replace(/\/+$/, '')
}
