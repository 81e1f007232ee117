import type { EventKind } from '../../schemas/contract/event-kind.ts'
import { at, word, type EventDetails, type KnownDetails } from './detail-source.ts'

/** The columns of a trace, of which there are two variants. */
function traceAt(path: string): KnownDetails {
  return {
    trace_type: at(`${path}.type`),
    provider_name: at(`${path}.Remote.provider_name`),
    model_id: at(`${path}.Local.base_model_hash`, `${path}.Remote.provider_model_id`),
    adapter_id: at(`${path}.Local.adapter.adapter_id`),
    replayability: {
      paths: [`${path}.Remote.replayability`],
      // docs/contract.md §5.3: a local trace has no such field, and is treated as this.
      otherwise: { word: 'Deterministic', where: `${path}.Local.base_model_hash` },
    },
  }
}

/** The columns of contract checks. */
function checksAt(path: string): KnownDetails {
  return { checks_total: at(`${path}.count`), checks_failed: at(`${path}.passed.falses`) }
}

/** What the columns of each kind hold. */
export const eventDetails = {
  ProposalCreated: {
    proposal_id: at('proposal.id'),
    chain_id: at('chain_id'),
    step: at('step'),
    policy_snapshot_hash: at('policy_snapshot_hash'),
    proposal_kind: at('proposal.kind'),
    requires_human: at('proposal.requires_human'),
    confidence: at('proposal.confidence'),
    ...checksAt('proposal.contract_results'),
    ...traceAt('proposal.trace_link'),
  },
  ProposalValidated: {
    proposal_id: at('proposal_id'),
    chain_id: at('chain_id'),
    step: at('step'),
    passed: at('all_passed'),
    actor: at('validator'),
    ...checksAt('contract_results'),
  },
  FactPromoted: {
    proposal_id: at('proposal_id'),
    fact_id: at('fact_id'),
    actor: at('promoted_by'),
    reason: at('reason'),
    requires_human: at('requires_human'),
  },
  RecallExecuted: {
    trace_link_id: at('trace_link_id'),
    step: at('query.step_context'),
    top_k: at('query.top_k'),
    embedder_id: at('provenance.embedder_id'),
    corpus_fingerprint: at('provenance.corpus_fingerprint'),
    policy_snapshot_hash: at('provenance.policy_snapshot_hash'),
    recall_purpose: at('provenance.purpose'),
    candidates_searched: at('provenance.candidates_searched'),
    candidates_returned: at('provenance.candidates_returned'),
    stop_reason: at('provenance.stop_reason'),
    latency_ms: at('provenance.latency_ms'),
  },
  ReplayTraceRecorded: { trace_link_id: at('trace_link_id'), ...traceAt('trace_link') },
  ReplayabilityDowngraded: {
    trace_link_id: at('trace_link_id'),
    previous_replayability: at('from'),
    replayability: at('to'),
    reason: at('reason'),
  },
  ArtifactStateTransitioned: {
    artifact_id: at('artifact_id'),
    artifact_kind: at('artifact_kind.type'),
    artifact_kind_other: at('artifact_kind.Other'),
    from_state: at('event.from_state'),
    to_state: at('event.to_state'),
    transition_allowed: { transition: { from: 'event.from_state', to: 'event.to_state' } },
    actor: at('event.actor'),
    reason: at('event.reason'),
    ticket_ref: at('event.ticket_ref'),
  },
  ArtifactRollbackRecorded: {
    artifact_id: at('rollback.artifact_id'),
    from_state: at('rollback.previous_state'),
    to_state: word('RolledBack'),
    transition_allowed: { transition: { from: 'rollback.previous_state', to: { word: 'RolledBack' } } },
    actor: at('rollback.actor'),
    reason: at('rollback.reason'),
    ticket_ref: at('rollback.incident_ref'),
    severity: at('rollback.impact.severity'),
    affected_count: at('rollback.impact.affected_count'),
    invalidates_outputs: at('rollback.impact.invalidates_outputs'),
  },
  BackendInvoked: {
    backend: at('backend_name'),
    adapter_id: at('adapter_id'),
    trace_link_id: at('trace_link_id'),
    step: at('step'),
    policy_snapshot_hash: at('policy_snapshot_hash'),
  },
  OutcomeRecorded: {
    chain_id: at('chain_id'),
    step: at('step'),
    passed: at('passed'),
    stop_reason: at('stop_reason.type'),
    latency_ms: at('latency_ms'),
    tokens: at('tokens'),
    cost_microdollars: at('cost_microdollars'),
    backend: at('backend'),
  },
  BudgetExceeded: {
    chain_id: at('chain_id'),
    budget_resource: at('resource.type'),
    budget_resource_other: at('resource.Other'),
    budget_limit: at('limit'),
    budget_observed: at('observed'),
  },
  PolicySnapshotCaptured: {
    policy_id: at('policy_id'),
    policy_type: at('policy.type'),
    policy_snapshot_hash: at('snapshot_hash'),
    actor: at('captured_by'),
  },
  HypothesisResolved: {
    chain_id: at('chain_id'),
    fact_id: at('fact_id'),
    hypothesis_domain: at('domain'),
    hypothesis_outcome: at('outcome'),
    confidence: at('confidence'),
    contradiction_id: at('contradiction_id'),
    formed_cycle: at('formed_cycle'),
    resolved_cycle: at('resolved_cycle'),
  },
  GateDecisionRecorded: {
    gate_id: at('request.gate_id'),
    proposal_id: at('request.proposal_id'),
    agent_id: at('request.agent_id'),
    gate_cycle: at('request.cycle'),
    gate_timeout_seconds: at('request.timeout.timeout_secs'),
    gate_timeout_action: at('request.timeout.action'),
    gate_verdict: at('decision.verdict.type'),
    reason: at('decision.verdict.Reject.reason'),
    actor: at('decision.decided_by'),
  },
} as const satisfies Record<EventKind, KnownDetails> satisfies EventDetails
