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
 * The reference's store of experience events (docs/contract.md §11), but asynchronous. Every read sees every earlier write of the same
 * store. docs/differences.md says where it differs from the reference, and why.
 *
 * Every operation may fail with `InvalidQuery` (with the field), `StorageError` or `Unavailable`, and reads also with `Lagging`.
 */
export interface ExperienceStore {
  /** Validates an event and appends it. When it resolves, the log holds the event durably. */
  appendEvent(envelope: ExperienceEventEnvelopeInput): Promise<void>

  /** Appends events one by one; at the first fault it stops, and earlier events stay. With `atomic` it appends all or none. */
  appendEvents(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options?: { readonly atomic?: boolean },
  ): Promise<void>

  /** Finds events, in the order of their instants, then of their positions in the log. Default: all events. */
  queryEvents(query?: EventQueryInput, options?: AsOfOption): Promise<ExperienceEventEnvelope[]>

  /** As `queryEvents`, with the cursor for `after` of the next query; `limit` is the length of a page. */
  queryEventPage(query?: EventQueryInput, options?: AsOfOption): Promise<EventPage>

  /** Finds artifacts with their current state, ordered by tenant and id. */
  queryArtifacts(query?: ArtifactQueryInput, options?: AsOfOption): Promise<ArtifactStatus[]>

  /** The transitions and rollbacks of an artifact, in the order of their instants: the last one led to its state. */
  artifactHistory(id: string, options?: AsOfOption & TenantOption): Promise<ArtifactChange[]>

  /**
   * Appends an ArtifactStateTransitioned event with the time and tenant of the lifecycle event, and returns its event id. Transitions
   * that the state machine forbids are stored as well; `queryArtifacts` counts them.
   */
  writeArtifactStateTransition(
    artifactId: string,
    artifactKind: ArtifactKind,
    event: LifecycleEventInput,
  ): Promise<string>

  /** The latest replay trace with this id, or null; of any tenant, unless one is given. */
  getTraceLink(id: string, options?: AsOfOption & TenantOption): Promise<ReplayTrace | null>

  /** A chain's events in the order of their instants, read in pages, in bounded memory. An unknown chain has none. */
  chain(id: string, options?: AsOfOption & TenantOption): AsyncIterable<ExperienceEventEnvelope>

  /** Adds up outcomes: count, pass rate, latency, tokens and cost, ordered by time and the other dimensions. */
  outcomeAnalytics(query?: OutcomeQueryInput, options?: AsOfOption): Promise<OutcomeAnalytics[]>

  /** The chains whose outcomes cost the most, the most expensive first. */
  mostExpensiveChains(query?: ExpensiveChainsQueryInput, options?: AsOfOption): Promise<ChainCost[]>

  /** How often budgets were exceeded, by tenant and resource, the most frequent first. */
  budgetsExceeded(filter?: AnalyticsFilterInput, options?: AsOfOption): Promise<BudgetsExceeded[]>

  /** Counts the events of each kind. */
  summariseEvents(query?: SummaryQueryInput, options?: AsOfOption): Promise<ExperienceEventSummary>

  /**
   * The records of the log that are not events, as far as projectors have found them, in the order of topics and positions. An embedded
   * read model first projects what the log holds. The in-memory store has none: it takes only events.
   */
  deadLetters(query?: DeadLetterQueryInput): AsyncIterable<DeadLetterSummary>

  /** Finishes what is under way, then closes connections and files. */
  close(): Promise<void>
}

export interface TenantOption {
  /** Default: any tenant, and events without a tenant. */
  readonly tenant?: string | null | undefined
}

export interface AsOfOption {
  /**
   * Answers as the log stood then. An ISO 8601 time, or epoch seconds followed by `Z`; or the last event to be seen, by its
   * `topic/partition/offset` or cursor (separate several, of different partitions, by commas). docs/time-travel.md explains it in detail.
   * Error: `InvalidQuery` (`as_of`). Default: everything in the log.
   */
  readonly asOf?: string
}

export interface EventPage {
  /** The events of this page. */
  readonly events: readonly ExperienceEventEnvelope[]
  /** The cursor for `after` of the next query; null if this is the last page. */
  readonly next: string | null
}
