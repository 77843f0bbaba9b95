import { type SubjectType, subjectTypes } from '../subject.ts'
import type { EventKey } from './event-key.ts'

/** One event that a subscription can ask for. */
export interface EventDescription {
  readonly category: 'Repository' | 'Pull Request' | 'Issue' | 'Project' | 'Pipelines'
  /** A few words for a settings page. */
  readonly label: string
  /** One sentence. The vendor's where one is published, else ours. */
  readonly description: string
  /** Which subjects can hear it, most specific first; see `event-place.ts` for how the subjects are found. */
  readonly subjectTypes: readonly SubjectType[]
  /** Where the event happens, from which follows who hears it. */
  readonly place: EventPlaceKind
}

/**
 * Where an event happens: in a repository; in the repository a fork was made of; in a repository that moved (heard by
 * its new chain and by the workspace it left); in the destination repository of a pull request; or in a project.
 */
export type EventPlaceKind =
  | 'repository'
  | 'fork-origin'
  | 'transferred-repository'
  | 'pull-request-destination'
  | 'project'

const everySubject = subjectTypes
const projectAndAbove: readonly SubjectType[] = ['project', 'workspace']

/**
 * What there is to say of each event.
 * Labels are the vendor's where it publishes one, and so are the descriptions of `repo:push`, `repo:fork`, `repo:imported`
 * and `pullrequest:approved`; the other descriptions are ours.
 */
export const eventCatalogue: Readonly<Record<EventKey, EventDescription>> = {
  'repo:push': repositoryEvent('Push', 'Whenever a repository push occurs'),
  'repo:fork': { ...repositoryEvent('Fork', 'Whenever a repository fork occurs'), place: 'fork-origin' },
  'repo:imported': repositoryEvent('Import', 'Whenever a repository import occurs'),
  'repo:updated': repositoryEvent('Updated', 'Whenever the settings of a repository change'),
  'repo:transfer': {
    ...repositoryEvent('Transfer accepted', 'Whenever a repository moves to another workspace'),
    place: 'transferred-repository',
  },
  'repo:created': repositoryEvent('Created', 'Whenever a repository is created'),
  'repo:deleted': repositoryEvent('Deleted', 'Whenever a repository is deleted'),
  'repo:commit_comment_created': repositoryEvent(
    'Commit comment created',
    'Whenever someone comments on a commit',
  ),
  'repo:commit_status_created': repositoryEvent(
    'Build status created',
    'Whenever a build reports its first status for a commit',
  ),
  'repo:commit_status_updated': repositoryEvent(
    'Build status updated',
    'Whenever a build changes its status for a commit',
  ),
  'pullrequest:created': pullRequestEvent('Created', 'Whenever a pull request is created'),
  'pullrequest:updated': pullRequestEvent('Updated', 'Whenever a pull request is changed'),
  'pullrequest:approved': pullRequestEvent('Approved', 'When someone has approved a pull request'),
  'pullrequest:unapproved': pullRequestEvent(
    'Approval removed',
    'When someone has taken back an approval of a pull request',
  ),
  'pullrequest:fulfilled': pullRequestEvent('Merged', 'Whenever a pull request is merged'),
  'pullrequest:rejected': pullRequestEvent('Declined', 'Whenever a pull request is declined'),
  'pullrequest:changes_request_created': pullRequestEvent(
    'Changes Request created',
    'When someone has asked for changes to a pull request',
  ),
  'pullrequest:changes_request_removed': pullRequestEvent(
    'Changes Request removed',
    'When someone has taken back a request for changes to a pull request',
  ),
  'pullrequest:comment_created': pullRequestEvent(
    'Comment created',
    'Whenever someone comments on a pull request',
  ),
  'pullrequest:comment_updated': pullRequestEvent(
    'Comment updated',
    'Whenever a comment on a pull request is edited',
  ),
  'pullrequest:comment_deleted': pullRequestEvent(
    'Comment deleted',
    'Whenever a comment on a pull request is deleted',
  ),
  'pullrequest:comment_resolved': pullRequestEvent(
    'Comment resolved',
    'Whenever a comment on a pull request is resolved',
  ),
  'pullrequest:comment_reopened': pullRequestEvent(
    'Comment reopened',
    'Whenever a resolved comment on a pull request is reopened',
  ),
  'pullrequest:push': pullRequestEvent(
    'Push',
    'Whenever commits are pushed to the source branch of a pull request',
  ),
  'issue:created': issueEvent('Created', 'Whenever an issue is created'),
  'issue:updated': issueEvent('Updated', 'Whenever an issue is changed'),
  'issue:comment_created': issueEvent('Comment created', 'Whenever someone comments on an issue'),
  'project:updated': {
    category: 'Project',
    label: 'Updated',
    description: 'Whenever the settings of a project change',
    subjectTypes: projectAndAbove,
    place: 'project',
  },
  'pipeline:span_created': {
    category: 'Pipelines',
    label: 'OTEL Traces',
    description: 'Whenever a pipeline finishes a span of its trace',
    subjectTypes: everySubject,
    place: 'repository',
  },
}

function repositoryEvent(label: string, description: string): EventDescription {
  return { category: 'Repository', label, description, subjectTypes: everySubject, place: 'repository' }
}

function pullRequestEvent(label: string, description: string): EventDescription {
  return {
    category: 'Pull Request',
    label,
    description,
    subjectTypes: everySubject,
    place: 'pull-request-destination',
  }
}

function issueEvent(label: string, description: string): EventDescription {
  return { category: 'Issue', label, description, subjectTypes: everySubject, place: 'repository' }
}
