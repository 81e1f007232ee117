import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import type { EventRow } from './event-columns.ts'
import { setDetails } from './event-details.ts'

/** What the row says beside the envelope: all of it is known to who read the event from the log. */
export interface LoggedEvent {
  readonly envelope: ExperienceEventEnvelope
  /** Nanoseconds since the epoch; what lies outside 1900 to 2262 is brought to the nearer end. */
  readonly instant: bigint
  readonly instantSource: 'text' | 'log'
  /** Digest of the content, 16 bytes. */
  readonly digest: Uint8Array
  /** JSON text of `event.data`. */
  readonly payload: string
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** When the log took the event, ms since the epoch. */
  readonly loggedAt: number
}

/** The row of an event. Pure: the same event gives the same row, so that a range can be inserted again. */
export function eventRow(logged: LoggedEvent): EventRow {
  const { envelope } = logged
  const row = { ...emptyRow }
  row.tenant_id = envelope.tenant_id ?? ''
  row.instant = withinDateTime64(logged.instant)
  row.instant_source = logged.instantSource
  row.event_id = envelope.event_id
  row.occurred_at = envelope.occurred_at
  row.correlation_id = envelope.correlation_id
  row.kind = envelope.event.type
  row.digest = logged.digest
  row.topic = logged.topic
  row.partition = logged.partition
  row.offset = logged.offset
  row.logged_at = logged.loggedAt
  row.payload = logged.payload
  setDetails(row, envelope.event)
  return row
}

/** A row under construction. Copying one whole object and setting what a kind has is twice as fast as merging two. */
export type EventRowDraft = { -readonly [Name in keyof EventRow]: EventRow[Name] }

/** Where ClickHouse's DateTime64(9) begins and ends: 1900-01-01, and the last nanosecond of 64 bits in 2262. */
const FIRST_INSTANT = -2_208_988_800_000_000_000n
const LAST_INSTANT = 2n ** 63n - 1n

/** An instant (ns since the epoch), brought to the nearer end of the range that the table of events can hold. */
export function withinDateTime64(instant: bigint): bigint {
  if (instant < FIRST_INSTANT) return FIRST_INSTANT
  return instant > LAST_INSTANT ? LAST_INSTANT : instant
}

const emptyRow: EventRowDraft = {
  tenant_id: '',
  instant: 0n,
  instant_source: 'log',
  event_id: '',
  occurred_at: '',
  correlation_id: null,
  kind: '',
  digest: new Uint8Array(16),
  topic: '',
  partition: 0,
  offset: 0n,
  logged_at: 0,
  chain_id: null,
  step: null,
  proposal_id: null,
  fact_id: null,
  trace_link_id: null,
  artifact_id: null,
  policy_id: null,
  gate_id: null,
  policy_snapshot_hash: null,
  actor: null,
  agent_id: null,
  reason: null,
  passed: null,
  requires_human: null,
  confidence: null,
  backend: null,
  adapter_id: null,
  stop_reason: null,
  latency_ms: null,
  tokens: null,
  cost_microdollars: null,
  proposal_kind: null,
  checks_total: null,
  checks_failed: null,
  trace_type: null,
  provider_name: null,
  model_id: null,
  replayability: null,
  previous_replayability: null,
  artifact_kind: null,
  artifact_kind_other: null,
  from_state: null,
  to_state: null,
  transition_allowed: null,
  ticket_ref: null,
  severity: null,
  affected_count: null,
  invalidates_outputs: null,
  embedder_id: null,
  corpus_fingerprint: null,
  recall_purpose: null,
  top_k: null,
  candidates_searched: null,
  candidates_returned: null,
  budget_resource: null,
  budget_resource_other: null,
  budget_limit: null,
  budget_observed: null,
  policy_type: null,
  hypothesis_domain: null,
  hypothesis_outcome: null,
  contradiction_id: null,
  formed_cycle: null,
  resolved_cycle: null,
  gate_verdict: null,
  gate_cycle: null,
  gate_timeout_seconds: null,
  gate_timeout_action: null,
  payload: '',
}
