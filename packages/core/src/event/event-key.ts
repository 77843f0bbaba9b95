/**
 * The keys of every event, those of Bitbucket Cloud.
 * Source: the enumeration in the vendor's OpenAPI document of August 2026.
 */
export const eventKeys = [
  'repo:push',
  'repo:fork',
  'repo:imported',
  'repo:updated',
  'repo:transfer',
  'repo:created',
  'repo:deleted',
  'repo:commit_comment_created',
  'repo:commit_status_created',
  'repo:commit_status_updated',
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:approved',
  'pullrequest:unapproved',
  'pullrequest:fulfilled',
  'pullrequest:rejected',
  'pullrequest:changes_request_created',
  'pullrequest:changes_request_removed',
  'pullrequest:comment_created',
  'pullrequest:comment_updated',
  'pullrequest:comment_deleted',
  'pullrequest:comment_resolved',
  'pullrequest:comment_reopened',
  'pullrequest:push',
  'issue:created',
  'issue:updated',
  'issue:comment_created',
  'project:updated',
  'pipeline:span_created',
] as const

/** The key of an event, such as `repo:push`. */
export type EventKey = (typeof eventKeys)[number]

/** Whether a value is the key of an event. */
export function isEventKey(value: unknown): value is EventKey {
  return eventKeys.some((key) => key === value)
}
