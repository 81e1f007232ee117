import { isTransitionAllowed } from '../../schemas/contract/artifact.ts'
import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { ReplayTrace } from '../../schemas/contract/replay-trace.ts'
import type { EventRowDraft } from './event-row.ts'
import { finiteOrNull, otherText, printedFloat32, variantWord } from './event-words.ts'

type Of<Kind extends ExperienceEvent['type']> = Extract<ExperienceEvent, { type: Kind }>['data']

/** Sets the columns that an event of its kind has. */
export function setDetails(row: EventRowDraft, event: ExperienceEvent): void {
  switch (event.type) {
    case 'ProposalCreated':
      return setProposal(row, event.data)
    case 'ProposalValidated':
      return setValidation(row, event.data)
    case 'FactPromoted':
      return setFact(row, event.data)
    case 'RecallExecuted':
      return setRecall(row, event.data)
    case 'ReplayTraceRecorded':
      row.trace_link_id = event.data.trace_link_id
      return setTrace(row, event.data.trace_link)
    case 'ReplayabilityDowngraded':
      return setDowngrade(row, event.data)
    case 'ArtifactStateTransitioned':
      return setTransition(row, event.data)
    case 'ArtifactRollbackRecorded':
      return setRollback(row, event.data)
    case 'BackendInvoked':
      return setBackendCall(row, event.data)
    case 'OutcomeRecorded':
      return setOutcome(row, event.data)
    case 'BudgetExceeded':
      return setBudget(row, event.data)
    case 'PolicySnapshotCaptured':
      return setPolicy(row, event.data)
    case 'HypothesisResolved':
      return setHypothesis(row, event.data)
    case 'GateDecisionRecorded':
      return setGateDecision(row, event.data)
    default:
      event satisfies never
  }
}

function setProposal(
  row: EventRowDraft,
  { proposal, chain_id, step, policy_snapshot_hash }: Of<'ProposalCreated'>,
): void {
  row.proposal_id = proposal.id
  row.chain_id = chain_id
  row.step = step
  row.policy_snapshot_hash = policy_snapshot_hash
  row.proposal_kind = proposal.kind
  row.requires_human = proposal.requires_human
  row.confidence = proposal.confidence === null ? null : printedFloat32(proposal.confidence)
  setChecks(row, proposal.contract_results)
  setTrace(row, proposal.trace_link)
}

function setChecks(row: EventRowDraft, results: readonly { readonly passed: boolean }[]): void {
  row.checks_total = results.length
  row.checks_failed = results.reduce((failed, { passed }) => (passed ? failed : failed + 1), 0)
}

function setTrace(row: EventRowDraft, trace: ReplayTrace): void {
  row.trace_type = trace.type
  switch (trace.type) {
    case 'Local':
      row.model_id = trace.base_model_hash
      row.adapter_id = trace.adapter?.adapter_id ?? null
      // CONTRACT §5.3: a local trace has no such field, and is treated as this.
      row.replayability = 'Deterministic'
      return
    case 'Remote':
      row.provider_name = trace.provider_name
      row.model_id = trace.provider_model_id
      row.replayability = trace.replayability
      return
    default:
      trace satisfies never
  }
}

function setValidation(row: EventRowDraft, data: Of<'ProposalValidated'>): void {
  row.proposal_id = data.proposal_id
  row.chain_id = data.chain_id
  row.step = data.step
  row.passed = data.all_passed
  row.actor = data.validator
  setChecks(row, data.contract_results)
}

function setFact(row: EventRowDraft, data: Of<'FactPromoted'>): void {
  row.proposal_id = data.proposal_id
  row.fact_id = data.fact_id
  row.actor = data.promoted_by
  row.reason = data.reason
  row.requires_human = data.requires_human
}

function setRecall(row: EventRowDraft, { query, provenance, trace_link_id }: Of<'RecallExecuted'>): void {
  row.trace_link_id = trace_link_id
  row.step = query.step_context
  row.top_k = query.top_k
  row.embedder_id = provenance.embedder_id
  row.corpus_fingerprint = provenance.corpus_fingerprint
  row.policy_snapshot_hash = provenance.policy_snapshot_hash
  row.recall_purpose = provenance.purpose
  row.candidates_searched = provenance.candidates_searched
  row.candidates_returned = provenance.candidates_returned
  row.stop_reason = provenance.stop_reason
  row.latency_ms = provenance.latency_ms
}

function setDowngrade(row: EventRowDraft, data: Of<'ReplayabilityDowngraded'>): void {
  row.trace_link_id = data.trace_link_id
  row.previous_replayability = data.from
  row.replayability = data.to
  row.reason = data.reason
}

function setTransition(row: EventRowDraft, data: Of<'ArtifactStateTransitioned'>): void {
  row.artifact_id = data.artifact_id
  row.artifact_kind = variantWord(data.artifact_kind)
  row.artifact_kind_other = otherText(data.artifact_kind)
  row.from_state = data.event.from_state
  row.to_state = data.event.to_state
  row.transition_allowed = isTransitionAllowed(data.event.from_state, data.event.to_state)
  row.actor = data.event.actor
  row.reason = data.event.reason
  row.ticket_ref = data.event.ticket_ref
}

function setRollback(row: EventRowDraft, { rollback }: Of<'ArtifactRollbackRecorded'>): void {
  row.artifact_id = rollback.artifact_id
  row.from_state = rollback.previous_state
  row.to_state = 'RolledBack'
  row.transition_allowed = isTransitionAllowed(rollback.previous_state, 'RolledBack')
  row.actor = rollback.actor
  row.reason = rollback.reason
  row.ticket_ref = rollback.incident_ref
  row.severity = rollback.impact.severity
  row.affected_count = rollback.impact.affected_count
  row.invalidates_outputs = rollback.impact.invalidates_outputs
}

function setBackendCall(row: EventRowDraft, data: Of<'BackendInvoked'>): void {
  row.backend = data.backend_name
  row.adapter_id = data.adapter_id
  row.trace_link_id = data.trace_link_id
  row.step = data.step
  row.policy_snapshot_hash = data.policy_snapshot_hash
}

function setOutcome(row: EventRowDraft, data: Of<'OutcomeRecorded'>): void {
  row.chain_id = data.chain_id
  row.step = data.step
  row.passed = data.passed
  row.stop_reason = data.stop_reason === null ? null : variantWord(data.stop_reason)
  row.latency_ms = data.latency_ms
  row.tokens = data.tokens
  row.cost_microdollars = data.cost_microdollars
  row.backend = data.backend
}

function setBudget(row: EventRowDraft, data: Of<'BudgetExceeded'>): void {
  row.chain_id = data.chain_id
  row.budget_resource = variantWord(data.resource)
  row.budget_resource_other = otherText(data.resource)
  row.budget_limit = data.limit
  row.budget_observed = data.observed
}

function setPolicy(row: EventRowDraft, data: Of<'PolicySnapshotCaptured'>): void {
  row.policy_id = data.policy_id
  row.policy_type = data.policy.type
  row.policy_snapshot_hash = data.snapshot_hash
  row.actor = data.captured_by
}

function setHypothesis(row: EventRowDraft, data: Of<'HypothesisResolved'>): void {
  row.chain_id = data.chain_id
  row.fact_id = data.fact_id
  row.hypothesis_domain = data.domain
  row.hypothesis_outcome = data.outcome
  row.confidence = finiteOrNull(data.confidence)
  row.contradiction_id = data.contradiction_id
  row.formed_cycle = data.formed_cycle
  row.resolved_cycle = data.resolved_cycle
}

function setGateDecision(row: EventRowDraft, { request, decision }: Of<'GateDecisionRecorded'>): void {
  row.gate_id = request.gate_id
  row.proposal_id = request.proposal_id
  row.agent_id = request.agent_id
  row.gate_cycle = request.cycle
  row.gate_timeout_seconds = request.timeout.timeout_secs
  row.gate_timeout_action = request.timeout.action
  row.gate_verdict = variantWord(decision.verdict)
  row.reason = typeof decision.verdict === 'string' ? null : decision.verdict.Reject.reason
  row.actor = decision.decided_by
}
