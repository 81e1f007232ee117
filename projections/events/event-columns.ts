import {
  bool,
  enumeration,
  float64,
  int32,
  int64,
  milliseconds,
  nanoseconds,
  nullable,
  repeated,
  string,
  uint128,
  uint32,
  uint64,
} from '../columns/column-types.ts'
import { column, withFallback, type RowOf } from '../columns/table-columns.ts'
import * as words from './event-enumerations.ts'

const text = nullable(string)
const flag = nullable(bool)
const count = nullable(uint64)
const small = nullable(uint32)
function oneOf(list: readonly string[]) {
  return nullable(enumeration(list))
}

/** Ids and the log's numbers rise slowly: differences compress to little. */
const rising = 'Delta, ZSTD(1)'
const packed = 'ZSTD(1)'

/**
 * The columns of `events`: what every event has, then what analysts filter by and sum up, then the rest as JSON text. A column
 * that a kind does not have is NULL, so that sums, averages and percentiles count what is there and nothing else.
 */
export const eventColumns = {
  tenant_id: column(repeated, "Tenant; '' for events without one"),
  instant: column(nanoseconds, 'When it happened, for ordering and ranges (1900 to 2262)', rising),
  instant_source: column(
    enumeration(['text', 'log']),
    "'text': instant was read from occurred_at; 'log': occurred_at is no time, so the log's own time stands in",
  ),
  event_id: column(string, 'Id that the producer gave; producers reuse ids', packed),
  occurred_at: column(string, 'When it happened, as the producer wrote it', packed),
  correlation_id: column(text, 'Run that the event belongs to', packed),
  kind: column(enumeration(words.storedKinds), 'What happened, as the wire names it, such as OutcomeRecorded'),
  digest: column(
    uint128,
    'Digest of the content, least significant byte first: the same event appended twice has the same',
  ),
  topic: column(repeated, 'Where the log holds the event'),
  partition: column(int32, 'Where the log holds the event'),
  offset: column(int64, 'Where the log holds the event', rising),
  logged_at: column(milliseconds, 'When the log took the event', rising),
  sequence: withFallback(
    column(uint32, 'Its place among what its producer appended in the ms of logged_at, as the record says', packed),
    '0',
  ),

  chain_id: column(text, 'Chain of decisions', packed),
  step: column(oneOf(words.steps), 'Step of the decision: Reasoning, Evaluation, Planning'),
  proposal_id: column(text, 'Proposal', packed),
  fact_id: column(text, 'Fact', packed),
  trace_link_id: column(text, 'Trace', packed),
  artifact_id: column(text, 'Artifact', packed),
  policy_id: column(text, 'Policy', packed),
  gate_id: column(text, 'Gate, as the request names it', packed),
  policy_snapshot_hash: column(text, 'Hash of the policy in force, or of the snapshot that was captured', packed),

  actor: column(text, 'Who did it: promoted_by, validator, captured_by, decided_by, or the actor of a lifecycle event'),
  agent_id: column(text, 'Agent that asked at a gate'),
  reason: column(text, 'Why, in words; for a downgrade the reason word', packed),
  passed: column(flag, 'Outcome: passed; validation: all_passed, as the validator says'),
  requires_human: column(flag, 'Proposal or fact: whether a human had to approve'),
  confidence: column(nullable(float64), 'Proposal or hypothesis; not limited to 0..1'),

  backend: column(text, 'Backend that was called or did the work'),
  adapter_id: column(text, 'Adapter that ran'),
  stop_reason: column(oneOf(words.stopReasons), 'Why the engine (outcomes) or recall stopped: the word of the variant'),
  latency_ms: column(count, 'Time taken by an outcome or a recall, ms'),
  tokens: column(count, 'Tokens used'),
  cost_microdollars: column(count, 'Cost, millionths of a dollar'),

  proposal_kind: column(oneOf(words.proposalKinds), 'What is proposed'),
  checks_total: column(small, 'Contract checks that were run'),
  checks_failed: column(small, 'Contract checks that failed'),
  trace_type: column(oneOf(words.traceTypes), 'How a trace was made: Local, Remote'),
  provider_name: column(text, 'Provider of a remote model'),
  model_id: column(text, "Remote: the provider's model; local: hash of the base model"),
  replayability: column(
    oneOf(words.replayabilities),
    "How far a trace can be replayed; Deterministic for a local one; 'None' is a word",
  ),
  previous_replayability: column(oneOf(words.replayabilities), 'Replayability before a downgrade'),

  artifact_kind: column(oneOf(words.artifactKinds), "Adapter, Pack, Policy, TruthFile, EvalSuite, or 'Other'"),
  artifact_kind_other: column(text, "Name of the kind where artifact_kind is 'Other'"),
  from_state: column(oneOf(words.artifactStates), 'State of the artifact before'),
  to_state: column(oneOf(words.artifactStates), 'State of the artifact after'),
  transition_allowed: column(flag, 'Whether the state machine allows it; forbidden transitions are recorded as well'),
  ticket_ref: column(text, 'Ticket of a transition, or incident of a rollback'),
  severity: column(oneOf(words.severities), 'How bad a rollback is: Low, Medium, High, Critical'),
  affected_count: column(count, 'Outputs that a rollback affects'),
  invalidates_outputs: column(flag, 'Whether a rollback makes outputs invalid'),

  embedder_id: column(text, 'Embedder that recall used'),
  corpus_fingerprint: column(text, 'Corpus that recall searched', packed),
  recall_purpose: column(oneOf(words.recallPurposes), 'RuntimeAugmentation, TrainingCandidateSelection'),
  top_k: column(count, 'Candidates that recall was asked for'),
  candidates_searched: column(count, 'Candidates that recall looked at'),
  candidates_returned: column(count, 'Candidates that recall returned'),

  budget_resource: column(oneOf(words.budgetResources), "EngineBudget, Tokens, Facts, Cycles, Time, Cost, or 'Other'"),
  budget_resource_other: column(text, "Name of the resource where budget_resource is 'Other'"),
  budget_limit: column(text, 'Limit, free text'),
  budget_observed: column(text, 'What was used, free text'),

  policy_type: column(oneOf(words.policyTypes), 'Kernel, Routing, Recall'),
  hypothesis_domain: column(text, 'Domain of a hypothesis'),
  hypothesis_outcome: column(oneOf(words.hypothesisOutcomes), 'Confirmed, Falsified, Superseded, Unresolved'),
  contradiction_id: column(text, 'Contradiction that falsified a hypothesis'),
  formed_cycle: column(small, 'Cycle in which a hypothesis was formed'),
  resolved_cycle: column(small, 'Cycle in which it was resolved; may be less'),
  gate_verdict: column(oneOf(words.gateVerdicts), 'Approve, Reject'),
  gate_cycle: column(small, 'Cycle in which a gate opened'),
  gate_timeout_seconds: column(count, 'How long a gate waits'),
  gate_timeout_action: column(
    oneOf(words.timeoutActions),
    'What a gate does when nobody decides: Reject, Approve, Escalate',
  ),

  payload: column(string, 'The event as JSON: the object under event.data', packed),
}

/** One row of `events`. */
export type EventRow = RowOf<typeof eventColumns>
