// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.
import type { ArtifactKind, BudgetResource, DecisionStep, HypothesisOutcome } from './event-part-types.ts'
import type {
  ContractResultInput,
  GateDecisionInput,
  GateRequestInput,
  KernelProposalInput,
  LifecycleEventInput,
  PolicySnapshotInput,
  RecallProvenanceInput,
  RecallQueryInput,
  ReplayTraceInput,
  RollbackRecordInput,
  StopReasonInput,
} from './event-part-input-types.ts'
import type { FactPromoted, ReplayabilityDowngraded } from './event-types.ts'

/** An agent made a proposal */
export interface ProposalCreatedInput {
  /** The proposal */
  proposal: KernelProposalInput
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Hash of the policy in force, 64 hex digits */
  policy_snapshot_hash?: string | null | undefined
}

/** A proposal was checked against its contracts */
export interface ProposalValidatedInput {
  /** The proposal */
  proposal_id: string
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Checks that were run */
  contract_results: readonly ContractResultInput[]
  /** As the validator says; not derived from the checks */
  all_passed: boolean
  /** Who validated */
  validator: string
}

/** Recall was run */
export interface RecallExecutedInput {
  /** What was asked */
  query: RecallQueryInput
  /** How the answer came about */
  provenance: RecallProvenanceInput
  /** Trace that the recall belongs to */
  trace_link_id?: string | null | undefined
}

/** A trace was recorded, so that a run can be replayed */
export interface ReplayTraceRecordedInput {
  /** Id of the trace */
  trace_link_id: string
  /** The trace */
  trace_link: ReplayTraceInput
}

/** An artifact changed its state */
export interface ArtifactStateTransitionedInput {
  /** The artifact */
  artifact_id: string
  /** Kind of artifact */
  artifact_kind: ArtifactKind
  /** The transition */
  event: LifecycleEventInput
}

/** An artifact was rolled back */
export interface ArtifactRollbackRecordedInput {
  /** The rollback */
  rollback: RollbackRecordInput
}

/** A model backend was called */
export interface BackendInvokedInput {
  /** Backend that was called */
  backend_name: string
  /** Adapter that it ran with */
  adapter_id?: string | null | undefined
  /** Trace of the call */
  trace_link_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Hash of the policy in force, 64 hex digits */
  policy_snapshot_hash?: string | null | undefined
}

/** A step of a chain ended */
export interface OutcomeRecordedInput {
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Whether the step passed */
  passed: boolean
  /** Why the engine stopped */
  stop_reason?: StopReasonInput | null | undefined
  /** Time taken, ms */
  latency_ms?: bigint | number | null | undefined
  /** Tokens used */
  tokens?: bigint | number | null | undefined
  /** Cost, µ$ */
  cost_microdollars?: bigint | number | null | undefined
  /** Backend that did the work */
  backend?: string | null | undefined
  /** Anything else */
  metadata?: ReadonlyMap<string, string> | Readonly<Record<string, string>> | undefined
}

/** A budget was exceeded */
export interface BudgetExceededInput {
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** What ran out */
  resource: BudgetResource
  /** Limit, free text */
  limit: string
  /** What was used, free text */
  observed?: string | null | undefined
}

/** A policy was captured */
export interface PolicySnapshotCapturedInput {
  /** The policy */
  policy_id: string
  /** The policy as it stood */
  policy: PolicySnapshotInput
  /** Hash of the snapshot, 64 hex digits */
  snapshot_hash: string
  /** Who captured it */
  captured_by: string
}

/** A hypothesis was confirmed, falsified, superseded or left open */
export interface HypothesisResolvedInput {
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Fact that held the hypothesis */
  fact_id: string
  /** Domain */
  domain: string
  /** What was claimed */
  claim: string
  /** Confidence, 64-bit, not range-checked */
  confidence: number
  /** What became of it */
  outcome: HypothesisOutcome
  /** Contradiction that falsified it */
  contradiction_id?: string | null | undefined
  /** Cycle in which it was formed */
  formed_cycle: number
  /** Cycle in which it was resolved; may be less */
  resolved_cycle: number
}

/** A human decided at a gate */
export interface GateDecisionRecordedInput {
  /** What was asked */
  request: GateRequestInput
  /** What was decided */
  decision: GateDecisionInput
}

export type ExperienceEventInput =
  | { type: 'ProposalCreated'; data: ProposalCreatedInput }
  | { type: 'ProposalValidated'; data: ProposalValidatedInput }
  | { type: 'FactPromoted'; data: FactPromoted }
  | { type: 'RecallExecuted'; data: RecallExecutedInput }
  | { type: 'ReplayTraceRecorded'; data: ReplayTraceRecordedInput }
  | { type: 'ReplayabilityDowngraded'; data: ReplayabilityDowngraded }
  | { type: 'ArtifactStateTransitioned'; data: ArtifactStateTransitionedInput }
  | { type: 'ArtifactRollbackRecorded'; data: ArtifactRollbackRecordedInput }
  | { type: 'BackendInvoked'; data: BackendInvokedInput }
  | { type: 'OutcomeRecorded'; data: OutcomeRecordedInput }
  | { type: 'BudgetExceeded'; data: BudgetExceededInput }
  | { type: 'PolicySnapshotCaptured'; data: PolicySnapshotCapturedInput }
  | { type: 'HypothesisResolved'; data: HypothesisResolvedInput }
  | { type: 'GateDecisionRecorded'; data: GateDecisionRecordedInput }

/** An experience event with its identity, time and tenant */
export interface ExperienceEventEnvelopeInput {
  /** Id of the event: A-Z a-z 0-9 - _ . and at most 256 bytes; producers may reuse ids */
  event_id: string
  /** When it happened: meant as ISO 8601, kept verbatim, at most 64 bytes */
  occurred_at: string
  /** Tenant, in the characters of event_id */
  tenant_id?: string | null | undefined
  /** Run that the event belongs to, in the characters of event_id */
  correlation_id?: string | null | undefined
  /** What happened */
  event: ExperienceEventInput
}
