import type { Repository } from '@posthorn/core'
import { percentEncodePath, percentEncodeSegment } from '../percent-encode.ts'
import { toUserSlug } from './account.ts'
import type { WireLink } from './wire.ts'

/** Where a repository is. Relative to the server, as all links of this dialect. */
export function toRepositoryUrl({ project, slug }: Repository): string {
  const owner =
    project.owner === undefined
      ? `/projects/${percentEncodeSegment(project.key)}`
      : `/users/${percentEncodeSegment(toUserSlug(project.owner))}`
  return `${owner}/repos/${percentEncodeSegment(slug)}`
}

/** The page of a commit, scrolled to a file if one is given. */
export function toCommitLink(repositoryUrl: string, hash: string, path?: string): WireLink {
  const fragment = path === undefined ? '' : `#${percentEncodePath(path)}`
  return { url: `${repositoryUrl}/commits/${hash}${fragment}`, rel: 'self' }
}
