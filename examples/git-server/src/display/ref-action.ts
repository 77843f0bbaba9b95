import type { ReportedUpdate } from '../server/push-report.ts'

export type RefVerb = 'create' | 'update' | 'force' | 'delete'

/** A few words such as `create main` or `delete tag v1.0`. */
export function toRefAction(verb: RefVerb, ref: string): string {
  return `${verb} ${ref.replace(/^refs\/heads\//, '').replace(/^refs\/tags\//, 'tag ')}`
}

/** What a push did, as far as its hook can tell: a forced update reads as an update. */
export function toRefActions(updates: readonly ReportedUpdate[]): string {
  return updates.map(({ before, after, ref }) => toRefAction(toVerb(before, after), ref)).join(', ')
}

function toVerb(before: string, after: string): RefVerb {
  if (/^0+$/.test(before)) return 'create'
  return /^0+$/.test(after) ? 'delete' : 'update'
}
