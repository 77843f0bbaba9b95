export { type Clock, systemClock } from './clock.ts'
export type { Attempt, AttemptOutcome, AttemptPhases, AttemptRecord } from './delivery/attempt.ts'
export type { Delivery, DeliveryState, FinalReason, FinalState } from './delivery/delivery.ts'
export { type OutcomeWord, outcomeWords } from './delivery/outcome-words.ts'
export { describeUnlessText, describeValue, isShowableName } from './describe-value.ts'
export type { BuildContext, Dialect, DialectCaps, DialectRules, HeaderFacts, HeaderPair } from './dialect.ts'
export { errorCodes, type PosthornErrorCode } from './error-codes.ts'
export {
  InvalidInputError,
  LimitReachedError,
  NotFoundError,
  PosthornError,
  type PosthornErrorOptions,
  StateError,
  StoreError,
} from './errors.ts'
export type { Commit, FileChange, Identity, Page } from './event/commit.ts'
export type { Account, Project, Repository, RepositoryRef, Workspace } from './event/entities.ts'
export type { EventBase, RepositoryEvent, WebhookEvent } from './event/event.ts'
export { type EventDescription, type EventPlaceKind, eventCatalogue } from './event/event-catalogue.ts'
export { type EventKey, eventKeys, isEventKey } from './event/event-key.ts'
export { type EventPlace, type PlacedRepository, toSubjectChain } from './event/event-place.ts'
export { parseEvent, parseEventInTurns } from './event/parse-event.ts'
export {
  type ChangedPath,
  isZeroId,
  type PushDetail,
  type PushEvent,
  type RefTarget,
  type RefUpdate,
  type TagAnnotation,
} from './event/push-event.ts'
export { createFilterJudge, type FilterJudge } from './filter/push-filter.ts'
export type { FilterName, RefAction, SubscriptionFilter } from './filter/subscription-filter.ts'
export { isPlainObject } from './is-plain-object.ts'
export * as limits from './limits.ts'
export {
  invalidOption,
  parseBoolean,
  parseInteger,
  parseMembers,
  parseNumber,
  type Range,
} from './option-values.ts'
export {
  type BreakerOptions,
  type BreakerPhase,
  type BreakerStep,
  defaultBreakerOptions,
} from './rules/breaker.ts'
export {
  healthyLane,
  type LaneFailure,
  type LaneHealth,
  type LaneHealthStep,
  maxLeasedOfLane,
  stepLaneAnswered,
  stepLaneReached,
  stepLaneUnanswered,
} from './rules/lane-health.ts'
export { isLeaseHeld, type Lease } from './rules/lease.ts'
export { parseLaneHealth, parseSubscriptionHealth } from './rules/parse-health.ts'
export {
  bitbucketCloudSchedule,
  defaultSchedule,
  maxQuickRetryMs,
  nextDelayMs,
  type RetryOptions,
  resolveSchedule,
  type Schedule,
} from './rules/schedule.ts'
export {
  type HealthSignal,
  healthySubscription,
  maxLeasedOfSubscription,
  type SubscriptionHealth,
  type SubscriptionHealthStep,
  stepSubscriptionAged,
  stepSubscriptionHealth,
} from './rules/subscription-health.ts'
export type { Site, SiteLinks } from './site.ts'
export type {
  AppendMatchedOutcome,
  AppendOutcome,
  AppendRequest,
  BodyKey,
  NewBody,
  NewDelivery,
  NewEvent,
  ReceiptDelivery,
  RememberedMatch,
  SkippedSubscription,
  StoredReceipt,
} from './store/append.ts'
export {
  type ClaimAnswer,
  type ClaimedDelivery,
  type ClaimRequest,
  type DueAnswer,
  maxOrderKeysPerClaim,
  maxOrderKeysPerQueue,
  maxQueuesPerClaim,
  type Settlement,
  type SettlementNext,
  type SettleOutcome,
} from './store/claim.ts'
export {
  type Turn,
  type TurnFilter,
  type TurnHead,
  type TurnQueue,
  takeTurns,
} from './store/claim-turns.ts'
export { damagedSettings, damagedSubscription } from './store/damaged-record.ts'
export { type DueCursor, formatDueCursor, parseDueCursor } from './store/due-cursor.ts'
export {
  type HealthOutcome,
  type HealthRecord,
  type HealthScope,
  type HealthUpdate,
  laneScope,
  subscriptionScope,
} from './store/health-record.ts'
export {
  type CancelOutcome,
  type CopyOutcome,
  type CopyRequest,
  type DeliveryFilter,
  type DeliveryPage,
  maxAttemptsKept,
  type PageRequest,
  type StoreStats,
} from './store/history.ts'
export { createKeyBudget, type KeyBudget, KeyVisits } from './store/key-visits.ts'
export type { MendAnswer, MendRequest, MendTimesRequest } from './store/mend.ts'
export { nextDueInMs } from './store/next-due-in-ms.ts'
export { type PagePlace, parsePageCursor, toPageCursor } from './store/page-cursor.ts'
export { parseSettings } from './store/parse-settings.ts'
export { queuesInOrder } from './store/queues-in-order.ts'
export { readStoreClock } from './store/read-store-clock.ts'
export type { EndedDelivery, PruneRequest, TrimAnswer } from './store/retention.ts'
export { noSealedParts, readSealedParts, type SealedParts } from './store/sealed-parts.ts'
export type { NewSubscription, Store, StoreHandle, StoreOpenOptions } from './store/store.ts'
export type {
  CreateOutcome,
  DeleteOutcome,
  SealedClientCertificate,
  SealedHeaders,
  SealedKey,
  SubscriptionContent,
  SubscriptionLimit,
  SubscriptionRecord,
  SubscriptionSettings,
  UpdateOutcome,
} from './store/subscription-record.ts'
export { WaitingLines } from './store/waiting-lines.ts'
export { parseSubjectRef, type SubjectRef, type SubjectType, subjectTypes } from './subject.ts'
export type { Change } from './subscription/change.ts'
export { toComparedHeaderName } from './subscription/compared-header-name.ts'
export {
  parseOpenedAuthorization,
  parseOpenedClientKey,
  parseOpenedHeaders,
  parseOpenedSecret,
  parseOpenedUrl,
} from './subscription/parse-opened.ts'
export { isPlainUrl } from './subscription/plain-url.ts'
export {
  clearSealer,
  type SecretField,
  type SecretPlace,
  type SecretSealer,
  unreadableSecret,
} from './subscription/secret-sealer.ts'
export { toShownUrl } from './subscription/shown-url.ts'
export { type ParsedStandardWebhooks, toStandardWebhooksKey } from './subscription/standard-webhooks.ts'
export type {
  AuthDraft,
  ClientCertificateDraft,
  StandardWebhooksDraft,
  Subscription,
  SubscriptionAuth,
  SubscriptionDisabled,
  SubscriptionDraft,
  SubscriptionOrder,
  SubscriptionPatch,
  SubscriptionStandardWebhooks,
} from './subscription/subscription.ts'
export {
  type CurrentSubscription,
  type ParsedSubscription,
  parseSubscriptionDraft,
  parseSubscriptionPatch,
} from './subscription/subscription-input.ts'
export { parseWebhookUrl, type WebhookUrl } from './subscription/webhook-url.ts'
export { createUuidV5, createUuidV7, parseUuid, toUuid } from './uuid.ts'
