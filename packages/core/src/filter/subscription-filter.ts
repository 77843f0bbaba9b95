/**
 * Which pushes a subscription hears: those with a ref that passes every list given. It says nothing of events other than
 * `repo:push`, and takes nothing out of a body. The rules of patterns are in `docs/filters.md`.
 */
export interface SubscriptionFilter {
  /** Patterns for what stands below `refs/heads/`, 1 to 50. Without `tags`, no other ref passes. */
  readonly branches?: readonly string[]
  /** Patterns for what stands below `refs/tags/`, 1 to 50. Without `branches`, no other ref passes. */
  readonly tags?: readonly string[]
  /** What may have happened to the ref, each at most once. */
  readonly actions?: readonly RefAction[]
  /** Patterns for the paths that the update changed, 1 to 50. Where these paths are not known, the ref passes. */
  readonly paths?: readonly string[]
}

/** One of the lists of a filter. */
export type FilterName = keyof SubscriptionFilter

/** In the order in which a ref is judged by them. */
export const filterNames: readonly FilterName[] = ['branches', 'tags', 'actions', 'paths']

/** What a push does to a ref. `forced` is an update too: a ref that was moved to something that lacks what it pointed to. */
export type RefAction = 'created' | 'updated' | 'deleted' | 'forced'

export const refActions: readonly RefAction[] = ['created', 'updated', 'deleted', 'forced']
