import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'
import type { LifecycleEventInput } from '../../schemas/types/event-part-input-types.ts'
import type { ArtifactKind, ReplayTrace } from '../../schemas/types/event-part-types.ts'
import type { ExperienceEventEnvelope } from '../../schemas/types/event-types.ts'
import type { ArtifactQueryInput, EventQueryInput } from '../../schemas/types/query-types.ts'
import type { DeadLetterQueryInput, DeadLetterSummary } from '../../operations/dead-letters/listed-dead-letter.ts'
import type {
  AnalyticsFilterInput,
  BudgetsExceeded,
  ChainCost,
  ExpensiveChainsQueryInput,
  ExperienceEventSummary,
  OutcomeAnalytics,
  OutcomeQueryInput,
  SummaryQueryInput,
} from '../../queries/analytics.ts'
import type { ArtifactChange } from '../../queries/artifact-change.ts'
import type { ArtifactStatus } from '../../queries/artifact-status.ts'

/**
 * The reference's store of experience events (docs/contract.md §11), asynchronous. Every read sees every earlier write of the same
 * store. Where it differs from the reference, docs/differences.md says how and why.
 *
 * Errors of every operation: `InvalidQuery` (with the field), `StorageError`, `Unavailable`; of reads: `Lagging`.
 */
export interface ExperienceStore {
  /** Validates and appends an event. When it resolves, the event is durable. */
  appendEvent(envelope: ExperienceEventEnvelopeInput): Promise<void>

  /** Appends one by one and stops at the first fault; earlier ones stay. With `atomic`, all are appended or none. */
  appendEvents(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options?: { readonly atomic?: boolean },
  ): Promise<void>

  /** The events that match, in the order of their instants, then of their positions in the log. Default: all events. */
  queryEvents(query?: EventQueryInput, options?: AsOfOption): Promise<ExperienceEventEnvelope[]>

  /** As `queryEvents`, with the cursor for `after` of the next query; `limit` is the length of a page. */
  queryEventPage(query?: EventQueryInput, options?: AsOfOption): Promise<EventPage>

  /** The current state of the artifacts that match, by tenant and id. */
  queryArtifacts(query?: ArtifactQueryInput, options?: AsOfOption): Promise<ArtifactStatus[]>

  /** The transitions and rollbacks of an artifact, in the order of their instants: the last one led to its state. */
  artifactHistory(id: string, options?: AsOfOption & TenantOption): Promise<ArtifactChange[]>

  /**
   * Appends an ArtifactStateTransitioned event that takes its time and tenant from the lifecycle event, and answers with its
   * event id. Transitions that the state machine forbids are recorded as well, and flagged in `queryArtifacts`.
   */
  writeArtifactStateTransition(
    artifactId: string,
    artifactKind: ArtifactKind,
    event: LifecycleEventInput,
  ): Promise<string>

  /** The replay trace that was recorded last under the id, or null; of one tenant if one is given, else of any. */
  getTraceLink(id: string, options?: AsOfOption & TenantOption): Promise<ReplayTrace | null>

  /** A chain's events in the order of their instants, read in pages: any number in bounded memory. None where there is no such chain. */
  chain(id: string, options?: AsOfOption & TenantOption): AsyncIterable<ExperienceEventEnvelope>

  /** Count, pass rate, latency, tokens and cost of outcomes, by time and by what else is asked for, in this order. */
  outcomeAnalytics(query?: OutcomeQueryInput, options?: AsOfOption): Promise<OutcomeAnalytics[]>

  /** The chains whose outcomes cost most, most expensive first. */
  mostExpensiveChains(query?: ExpensiveChainsQueryInput, options?: AsOfOption): Promise<ChainCost[]>

  /** How often budgets were exceeded, by tenant and resource, most often first. */
  budgetsExceeded(filter?: AnalyticsFilterInput, options?: AsOfOption): Promise<BudgetsExceeded[]>

  /** The events per kind. */
  summariseEvents(query?: SummaryQueryInput, options?: AsOfOption): Promise<ExperienceEventSummary>

  /**
   * The records of the log that are no events, as projectors have put them aside up to now, in the order of topics and positions. With
   * an embedded read model, what the log holds is projected first. The store in memory has none: it takes events only.
   */
  deadLetters(query?: DeadLetterQueryInput): AsyncIterable<DeadLetterSummary>

  /** Finishes what is under way, then lets go of servers and files. */
  close(): Promise<void>
}

export interface TenantOption {
  /** Default: any tenant, and events without one. */
  readonly tenant?: string | null | undefined
}

export interface AsOfOption {
  /**
   * Answers as the log stood then: an ISO 8601 time, or epoch seconds followed by `Z`; or `topic/partition/offset`, or a cursor,
   * of the last event to be seen (several, of different partitions, are separated by commas). docs/time-travel.md says what
   * exactly that means. Error: `InvalidQuery` (`as-of`). Default: all that the log holds.
   */
  readonly asOf?: string
}

export interface EventPage {
  readonly events: readonly ExperienceEventEnvelope[]
  /** Where the next page begins; null if no event of this answer is left out. */
  readonly next: string | null
}
