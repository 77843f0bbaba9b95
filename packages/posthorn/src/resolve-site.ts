import { invalidOption, parseMembers, type Site, type SiteLinks } from '@posthorn/core'

const linkNames: readonly (keyof SiteLinks)[] = [
  'account',
  'accountAvatar',
  'workspace',
  'workspaceAvatar',
  'project',
  'projectAvatar',
  'repository',
  'repositoryAvatar',
  'commit',
  'branch',
  'tag',
  'compare',
  'createPullRequest',
]

/**
 * The site with no slash at the end of its URLs, since links begin with one.
 * @throws {InvalidInputError} `option.invalid` or `option.unknown`
 */
export function resolveSite(site: Site): Site {
  const { links } = parseMembers('site', site, ['htmlUrl', 'apiUrl', 'links'])
  if (links !== undefined) checkLinks(links)
  return {
    ...site,
    htmlUrl: parseBaseUrl('site.htmlUrl', site.htmlUrl),
    apiUrl: parseBaseUrl('site.apiUrl', site.apiUrl),
  }
}

function checkLinks(links: unknown): void {
  for (const [name, link] of Object.entries(parseMembers('site.links', links, linkNames))) {
    if (typeof link !== 'function') throw invalidOption(`site.links.${name}`, 'a function', link)
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
