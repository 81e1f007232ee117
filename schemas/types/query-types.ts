// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.
import type { ArtifactKind, ArtifactState } from './event-part-types.ts'

/** A range of time, both ends included */
export interface TimeRange {
  /** First instant */
  start: string | null
  /** Last instant */
  end: string | null
}

export type EventKind =
  | 'ProposalCreated'
  | 'ProposalValidated'
  | 'FactPromoted'
  | 'RecallExecuted'
  | 'ReplayTraceRecorded'
  | 'ReplayabilityDowngraded'
  | 'ArtifactStateTransitioned'
  | 'ArtifactRollbackRecorded'
  | 'BackendInvoked'
  | 'OutcomeRecorded'
  | 'BudgetExceeded'
  | 'PolicySnapshotCaptured'
  | 'HypothesisResolved'
  | 'GateDecisionRecorded'

/** A question for events */
export interface EventQuery {
  /** Tenant; none means all tenants, and events without a tenant */
  tenant_id: string | null
  /** Time in which the events happened */
  time_range: TimeRange | null
  /** Kinds; none means all */
  kinds: EventKind[]
  /** Run */
  correlation_id: string | null
  /** Chain of decisions */
  chain_id: string | null
  /** How many events at most; none means all */
  limit: bigint | null
  /** Events with this id; several may have it, since producers reuse ids */
  event_id: string | null
  /** Events that name this trace */
  trace_link_id: string | null
  /** Events of this artifact */
  artifact_id: string | null
  /** Events that name this proposal */
  proposal_id: string | null
  /** Latest first */
  descending: boolean
  /** Cursor of an earlier answer: continue after its last event */
  after: string | null
}

/** A range of time, both ends included */
export interface TimeRangeInput {
  /** First instant */
  start?: string | null | undefined
  /** Last instant */
  end?: string | null | undefined
}

/** A question for events */
export interface EventQueryInput {
  /** Tenant; none means all tenants, and events without a tenant */
  tenant_id?: string | null | undefined
  /** Time in which the events happened */
  time_range?: TimeRangeInput | null | undefined
  /** Kinds; none means all */
  kinds?: readonly EventKind[] | undefined
  /** Run */
  correlation_id?: string | null | undefined
  /** Chain of decisions */
  chain_id?: string | null | undefined
  /** How many events at most; none means all */
  limit?: bigint | number | null | undefined
  /** Events with this id; several may have it, since producers reuse ids */
  event_id?: string | null | undefined
  /** Events that name this trace */
  trace_link_id?: string | null | undefined
  /** Events of this artifact */
  artifact_id?: string | null | undefined
  /** Events that name this proposal */
  proposal_id?: string | null | undefined
  /** Latest first */
  descending?: boolean | undefined
  /** Cursor of an earlier answer: continue after its last event */
  after?: string | null | undefined
}

/** A question for the current state of artifacts */
export interface ArtifactQuery {
  /** Tenant */
  tenant_id: string | null
  /** Artifact */
  artifact_id: string | null
  /** Kind of artifact */
  kind: ArtifactKind | null
  /** Current state */
  state: ArtifactState | null
  /** How many artifacts at most */
  limit: bigint | null
}

/** A question for the current state of artifacts */
export interface ArtifactQueryInput {
  /** Tenant */
  tenant_id?: string | null | undefined
  /** Artifact */
  artifact_id?: string | null | undefined
  /** Kind of artifact */
  kind?: ArtifactKind | null | undefined
  /** Current state */
  state?: ArtifactState | null | undefined
  /** How many artifacts at most */
  limit?: bigint | number | null | undefined
}
