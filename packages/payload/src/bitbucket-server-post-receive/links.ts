import type { Repository } from '@posthorn/core'
import { percentEncodePath, percentEncodeSegment } from '../percent-encode.ts'
import { toUserSlug } from './account.ts'
import type { WireLink } from './wire.ts'

/** The page of a commit, scrolled to a file if one is given. Relative to the server, as all links of this dialect. */
export function toCommitLink(repository: Repository, hash: string, path?: string): WireLink {
  const fragment = path === undefined ? '' : `#${percentEncodePath(path)}`
  const slug = percentEncodeSegment(repository.slug)
  return { url: `${projectPath(repository)}/repos/${slug}/commits/${hash}${fragment}`, rel: 'self' }
}

function projectPath({ project }: Repository): string {
  if (project.owner !== undefined) return `/users/${percentEncodeSegment(toUserSlug(project.owner))}`
  return `/projects/${percentEncodeSegment(project.key)}`
}
