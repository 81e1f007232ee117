// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.
import type {
  ArtifactKind,
  BudgetResource,
  ContractResult,
  DecisionStep,
  DowngradeReason,
  GateDecision,
  GateRequest,
  HypothesisOutcome,
  KernelProposal,
  LifecycleEvent,
  PolicySnapshot,
  RecallProvenance,
  RecallQuery,
  ReplayTrace,
  Replayability,
  RollbackRecord,
  StopReason,
} from './event-part-types.ts'

/** An agent made a proposal */
export interface ProposalCreated {
  /** The proposal */
  proposal: KernelProposal
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Hash of the policy in force, 64 hex digits */
  policy_snapshot_hash: string | null
}

/** A proposal was checked against its contracts */
export interface ProposalValidated {
  /** The proposal */
  proposal_id: string
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Checks that were run */
  contract_results: ContractResult[]
  /** As the validator says; not derived from the checks */
  all_passed: boolean
  /** Who validated */
  validator: string
}

/** A proposal became a fact */
export interface FactPromoted {
  /** Proposal that became a fact */
  proposal_id: string
  /** The fact */
  fact_id: string
  /** Who promoted it */
  promoted_by: string
  /** Why */
  reason: string
  /** Whether a human had to approve */
  requires_human: boolean
}

/** Recall was run */
export interface RecallExecuted {
  /** What was asked */
  query: RecallQuery
  /** How the answer came about */
  provenance: RecallProvenance
  /** Trace that the recall belongs to */
  trace_link_id: string | null
}

/** A trace was recorded, so that a run can be replayed */
export interface ReplayTraceRecorded {
  /** Id of the trace */
  trace_link_id: string
  /** The trace */
  trace_link: ReplayTrace
}

/** A trace can be replayed less well than thought */
export interface ReplayabilityDowngraded {
  /** Id of the trace */
  trace_link_id: string
  /** Replayability before */
  from: Replayability
  /** Replayability after */
  to: Replayability
  /** Why */
  reason: DowngradeReason
}

/** An artifact changed its state */
export interface ArtifactStateTransitioned {
  /** The artifact */
  artifact_id: string
  /** Kind of artifact */
  artifact_kind: ArtifactKind
  /** The transition */
  event: LifecycleEvent
}

/** An artifact was rolled back */
export interface ArtifactRollbackRecorded {
  /** The rollback */
  rollback: RollbackRecord
}

/** A model backend was called */
export interface BackendInvoked {
  /** Backend that was called */
  backend_name: string
  /** Adapter that it ran with */
  adapter_id: string | null
  /** Trace of the call */
  trace_link_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Hash of the policy in force, 64 hex digits */
  policy_snapshot_hash: string | null
}

/** A step of a chain ended */
export interface OutcomeRecorded {
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** Step of the decision */
  step: DecisionStep
  /** Whether the step passed */
  passed: boolean
  /** Why the engine stopped */
  stop_reason: StopReason | null
  /** Time taken, ms */
  latency_ms: bigint | null
  /** Tokens used */
  tokens: bigint | null
  /** Cost, µ$ */
  cost_microdollars: bigint | null
  /** Backend that did the work */
  backend: string | null
  /** Anything else */
  metadata: Map<string, string>
}

/** A budget was exceeded */
export interface BudgetExceeded {
  /** Chain of decisions that the event belongs to */
  chain_id: string
  /** What ran out */
  resource: BudgetResource
  /** Limit, free text */
  limit: string
  /** What was used, free text */
  observed: string | null
}

/** A policy was captured */
export interface PolicySnapshotCaptured {
  /** The policy */
  policy_id: string
  /** The policy as it stood */
  policy: PolicySnapshot
  /** Hash of the snapshot, 64 hex digits */
  snapshot_hash: string
  /** Who captured it */
  captured_by: string
}

/** A hypothesis was confirmed, falsified, superseded or left open */
export interface HypothesisResolved {
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
  contradiction_id: string | null
  /** Cycle in which it was formed */
  formed_cycle: number
  /** Cycle in which it was resolved; may be less */
  resolved_cycle: number
}

/** A human decided at a gate */
export interface GateDecisionRecorded {
  /** What was asked */
  request: GateRequest
  /** What was decided */
  decision: GateDecision
}

export type ExperienceEvent =
  | { type: 'ProposalCreated'; data: ProposalCreated }
  | { type: 'ProposalValidated'; data: ProposalValidated }
  | { type: 'FactPromoted'; data: FactPromoted }
  | { type: 'RecallExecuted'; data: RecallExecuted }
  | { type: 'ReplayTraceRecorded'; data: ReplayTraceRecorded }
  | { type: 'ReplayabilityDowngraded'; data: ReplayabilityDowngraded }
  | { type: 'ArtifactStateTransitioned'; data: ArtifactStateTransitioned }
  | { type: 'ArtifactRollbackRecorded'; data: ArtifactRollbackRecorded }
  | { type: 'BackendInvoked'; data: BackendInvoked }
  | { type: 'OutcomeRecorded'; data: OutcomeRecorded }
  | { type: 'BudgetExceeded'; data: BudgetExceeded }
  | { type: 'PolicySnapshotCaptured'; data: PolicySnapshotCaptured }
  | { type: 'HypothesisResolved'; data: HypothesisResolved }
  | { type: 'GateDecisionRecorded'; data: GateDecisionRecorded }

/** An experience event with its identity, time and tenant */
export interface ExperienceEventEnvelope {
  /** Id of the event: A-Z a-z 0-9 - _ . and at most 256 bytes; producers may reuse ids */
  event_id: string
  /** When it happened: meant as ISO 8601, kept verbatim, at most 64 bytes */
  occurred_at: string
  /** Tenant, in the characters of event_id */
  tenant_id: string | null
  /** Run that the event belongs to, in the characters of event_id */
  correlation_id: string | null
  /** What happened */
  event: ExperienceEvent
}
