import type { ExperienceEvent } from '../types/event-types.ts'

/** The word that names a kind on the wire (`type`) and in queries. */
export type EventKind = ExperienceEvent['type']

/**
 * The 14 kinds in the order of docs/contract.md §2, with the label that the event summary counts them by. The label of
 * `ReplayTraceRecorded` is not its own snake_case form.
 */
export const eventKindLabels: Readonly<Record<EventKind, string>> = {
  ProposalCreated: 'proposal_created',
  ProposalValidated: 'proposal_validated',
  FactPromoted: 'fact_promoted',
  RecallExecuted: 'recall_executed',
  ReplayTraceRecorded: 'trace_link_recorded',
  ReplayabilityDowngraded: 'replayability_downgraded',
  ArtifactStateTransitioned: 'artifact_state_transitioned',
  ArtifactRollbackRecorded: 'artifact_rollback_recorded',
  BackendInvoked: 'backend_invoked',
  OutcomeRecorded: 'outcome_recorded',
  BudgetExceeded: 'budget_exceeded',
  PolicySnapshotCaptured: 'policy_snapshot_captured',
  HypothesisResolved: 'hypothesis_resolved',
  GateDecisionRecorded: 'gate_decision_recorded',
}

export const eventKinds = Object.keys(eventKindLabels) as readonly EventKind[] as readonly [EventKind, ...EventKind[]]

/**
 * The chain that an event belongs to, or null for kinds without one. HypothesisResolved counts, although the reference's
 * chain filter leaves it out (docs/differences.md).
 */
export function chainIdOf(event: ExperienceEvent): string | null {
  return 'chain_id' in event.data ? event.data.chain_id : null
}
