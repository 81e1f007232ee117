import type { EventKind } from '../../schemas/contract/event-kind.ts'
import { eventColumns } from '../events/event-columns.ts'
import { rollUpKeys } from '../events/roll-up.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'

type EventColumn = keyof typeof eventColumns

/** A view of the events of one kind. */
export interface KindView {
  readonly name: string
  readonly kind: EventKind
  readonly comment: string
  /** A column under its own name, or `[expression, name]`. */
  readonly columns: readonly (EventColumn | readonly [expression: string, name: string])[]
}

/** Dollars, exactly. */
const costUsd = ['toDecimal128(cost_microdollars, 6) / toDecimal128(1000000, 0)', 'cost_usd'] as const
const rejectedReason = ['reason', 'rejection_reason'] as const

/** One view for each kind, in the order of docs/contract.md §2. A column keeps its name, unless the event calls it otherwise. */
export const kindViews: readonly KindView[] = [
  {
    name: 'proposals',
    kind: 'ProposalCreated',
    comment: 'Proposals that agents made',
    columns: [
      'proposal_id',
      'proposal_kind',
      'chain_id',
      'step',
      'confidence',
      'requires_human',
      'checks_total',
      'checks_failed',
      'trace_type',
      'provider_name',
      'model_id',
      'adapter_id',
      'replayability',
      'policy_snapshot_hash',
      [`JSONExtractString(payload, 'proposal', 'payload')`, 'proposal_text'],
    ],
  },
  {
    name: 'proposal_validations',
    kind: 'ProposalValidated',
    comment: 'Checks of proposals against their contracts; all_passed is what the validator says',
    columns: [
      'proposal_id',
      'chain_id',
      'step',
      ['passed', 'all_passed'],
      'checks_total',
      'checks_failed',
      ['actor', 'validator'],
    ],
  },
  {
    name: 'facts',
    kind: 'FactPromoted',
    comment: 'Proposals that became facts',
    columns: ['fact_id', 'proposal_id', ['actor', 'promoted_by'], 'reason', 'requires_human'],
  },
  {
    name: 'recalls',
    kind: 'RecallExecuted',
    comment: 'Recalls that were run',
    columns: [
      'trace_link_id',
      'step',
      [`JSONExtractString(payload, 'query', 'query_text')`, 'query_text'],
      'top_k',
      'candidates_searched',
      'candidates_returned',
      'stop_reason',
      'latency_ms',
      ['recall_purpose', 'purpose'],
      'embedder_id',
      'corpus_fingerprint',
      'policy_snapshot_hash',
    ],
  },
  {
    name: 'replay_traces',
    kind: 'ReplayTraceRecorded',
    comment: 'Traces by which runs can be replayed; an id may be recorded again, and then the latest counts',
    columns: ['trace_link_id', 'trace_type', 'provider_name', 'model_id', 'adapter_id', 'replayability'],
  },
  {
    name: 'replayability_downgrades',
    kind: 'ReplayabilityDowngraded',
    comment: 'Traces that can be replayed less well than thought',
    columns: [
      'trace_link_id',
      ['previous_replayability', 'from_replayability'],
      ['replayability', 'to_replayability'],
      'reason',
    ],
  },
  {
    name: 'artifact_transitions',
    kind: 'ArtifactStateTransitioned',
    comment: 'State changes of artifacts; those that the state machine forbids are recorded as well',
    columns: [
      'artifact_id',
      'artifact_kind',
      'artifact_kind_other',
      'from_state',
      'to_state',
      'transition_allowed',
      'actor',
      'reason',
      'ticket_ref',
    ],
  },
  {
    name: 'artifact_rollbacks',
    kind: 'ArtifactRollbackRecorded',
    comment: 'Rollbacks of artifacts, with what they affect',
    columns: [
      'artifact_id',
      ['from_state', 'previous_state'],
      'transition_allowed',
      'severity',
      'affected_count',
      'invalidates_outputs',
      'actor',
      'reason',
      ['ticket_ref', 'incident_ref'],
    ],
  },
  {
    name: 'backend_calls',
    kind: 'BackendInvoked',
    comment: 'Calls of model backends',
    columns: [['backend', 'backend_name'], 'adapter_id', 'trace_link_id', 'step', 'policy_snapshot_hash'],
  },
  {
    name: 'outcomes',
    kind: 'OutcomeRecorded',
    comment: 'Steps of chains that ended: whether they passed, why they stopped, what they took and cost',
    columns: [
      'chain_id',
      'step',
      'backend',
      'passed',
      'stop_reason',
      'latency_ms',
      'tokens',
      'cost_microdollars',
      costUsd,
    ],
  },
  {
    name: 'budgets_exceeded',
    kind: 'BudgetExceeded',
    comment: 'Budgets that were exceeded; limit and observed are free text',
    columns: [
      'chain_id',
      ['budget_resource', 'resource'],
      ['budget_resource_other', 'resource_other'],
      ['budget_limit', 'limit'],
      ['budget_observed', 'observed'],
    ],
  },
  {
    name: 'policy_snapshots',
    kind: 'PolicySnapshotCaptured',
    comment: 'Policies as they stood',
    columns: ['policy_id', 'policy_type', ['policy_snapshot_hash', 'snapshot_hash'], ['actor', 'captured_by']],
  },
  {
    name: 'hypotheses',
    kind: 'HypothesisResolved',
    comment: 'Hypotheses and what became of them',
    columns: [
      'chain_id',
      'fact_id',
      ['hypothesis_domain', 'domain'],
      [`JSONExtractString(payload, 'claim')`, 'claim'],
      'confidence',
      ['hypothesis_outcome', 'outcome'],
      'contradiction_id',
      'formed_cycle',
      'resolved_cycle',
    ],
  },
  {
    name: 'gate_decisions',
    kind: 'GateDecisionRecorded',
    comment: 'Decisions of humans at gates, with what was asked',
    columns: [
      'gate_id',
      'proposal_id',
      'agent_id',
      ['gate_verdict', 'verdict'],
      rejectedReason,
      ['actor', 'decided_by'],
      ['gate_cycle', 'cycle'],
      ['gate_timeout_seconds', 'timeout_seconds'],
      ['gate_timeout_action', 'timeout_action'],
      [`JSONExtractString(payload, 'request', 'summary')`, 'summary'],
    ],
  },
]

/**
 * A 64-bit column in a type in which sums and averages do not wrap around at 2⁶⁴, as they do in its own without a word; others as they
 * are. Sums of 128 bits are answered from the roll-up. But t-digests, by which percentiles are asked for, take no 128 bits: a latency
 * is a double, whose sums are exact up to 2⁵³ ms and never wrap.
 */
function summable(expression: string): string {
  if (!(expression in eventColumns)) return expression
  const { type } = eventColumns[expression as EventColumn]
  if (!/^(Nullable\()?UInt64/.test(type.sql)) return expression
  return `${expression === 'latency_ms' ? 'toFloat64' : 'toUInt128'}(${expression})`
}

/** What every view begins and ends with. */
const before = ['tenant_id', 'instant', 'event_id', 'correlation_id'] as const
const after = ['occurred_at', 'topic', 'partition', 'offset', 'logged_at', 'sequence', 'payload'] as const

/** All columns of a view of a kind, with what stands behind each. */
export function kindViewColumns({ columns }: KindView): (readonly [expression: string, name: string])[] {
  const hour = [rollUpKeys.hour, 'hour'] as const
  return [...before, hour, ...columns, ...after].map((column) =>
    typeof column === 'string' ? [column, column] : column,
  )
}

/**
 * The view's SELECT from the view of all events. `tenant_id` stays '' for events without a tenant: as NULL it would no longer
 * be the column that the table is ordered by, and a filter by tenant would read all tenants.
 */
export function kindViewSelect(view: KindView, events: string): string {
  const columns = kindViewColumns(view).map(([expression, name]) => {
    const shown = summable(expression)
    if (shown === name) return quoteIdentifier(name)
    return `${shown} AS ${quoteIdentifier(name)}`
  })
  return `SELECT ${columns.join(', ')} FROM ${events} WHERE kind = '${view.kind}'`
}
