// The library's public surface.
export { InMemoryExperienceStore } from './service/store/in-memory-experience-store.ts'
export { StreamingExperienceStore } from './service/store/streaming-experience-store.ts'
export type { AsOfOption, EventPage, ExperienceStore, TenantOption } from './service/store/experience-store.ts'
export { ExperienceProducer, type AppendVerdict } from './service/producer/experience-producer.ts'
export { ExperienceSubscriber } from './service/subscriber/experience-subscriber.ts'
export type { Subscription, SubscribeOptions } from './consumers/subscription/subscription.ts'
export { itemToJson, type SubscriptionItem } from './consumers/subscription/items.ts'
export { readSettings, type Settings } from './service/settings.ts'
export type { ObservedAppend, ObservedBatch, ObservedRange, Observer } from './base/observer.ts'
export { positionText, type Position } from './base/position.ts'
export type {
  AnalyticsFilterInput,
  BudgetsExceeded,
  ChainCost,
  ExpensiveChainsQueryInput,
  ExperienceEventSummary,
  OutcomeAnalytics,
  OutcomeBucket,
  OutcomeDimension,
  OutcomeQueryInput,
  SummaryQueryInput,
} from './queries/analytics.ts'
export type {
  DeadLetterQueryInput,
  DeadLetterState,
  DeadLetterSummary,
} from './operations/dead-letters/listed-dead-letter.ts'
export type { ArtifactChange } from './queries/artifact-change.ts'
export type { ArtifactStatus } from './queries/artifact-status.ts'
export { isTransitionAllowed } from './schemas/artifact-transitions.ts'
export { eventKindLabels, eventKinds } from './schemas/contract/event-kind.ts'
export { JsonText, type JsonInput } from './schemas/contract/json-text.ts'
export { ExperienceError, type ErrorCode } from './base/experience-error.ts'
export { envelopeToJson } from './schemas/json/envelope-json.ts'
export { envelopeFromJson } from './schemas/json/handed-out.ts'
export type * from './schemas/types/event-types.ts'
export type * from './schemas/types/event-part-types.ts'
export type * from './schemas/types/event-input-types.ts'
export type * from './schemas/types/event-part-input-types.ts'
export type * from './schemas/types/query-types.ts'
