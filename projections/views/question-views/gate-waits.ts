import { instantOfNanoseconds, nanosecondsOf, partsOfEpoch, partsOfIso } from './instant-of-text.ts'
import { own, taken, type QuestionView } from './question-view.ts'

const gate = own('gate')
const texts = own('texts')
const parts = own('parts')
const times = own('times')

const TAKEN = {
  tenant_id: "Tenant; '' for events without one",
  instant: 'When the decision was recorded',
  event_id: 'Event of the decision',
  correlation_id: 'Run that the event belongs to',
  gate_id: 'Gate, as the request names it; may be decided more than once, each in a row of its own',
  proposal_id: 'Proposal that was asked about',
  agent_id: 'Agent that asked',
  verdict: 'Approve, Reject',
  rejection_reason: 'Why it was rejected, if somebody said so',
  decided_by: 'Who decided',
  timeout_seconds: 'How long the gate was to wait',
  timeout_action: 'What it was to do then: Reject, Approve, Escalate',
} as const

function carried(from: string): string {
  return Object.keys(TAKEN)
    .map((name) => `${from}.${name} AS ${name}`)
    .join(', ')
}
function both(sql: (name: 'requested' | 'decided') => string): string {
  return (['requested', 'decided'] as const).map(sql).join(', ')
}

const requested = `${times}.requested_ns`
const decided = `${times}.decided_ns`
const isKnown = `${requested} <= ${decided}`
const waitMs = `if(ifNull(${isKnown}, false), toNullable(toFloat64(${decided} - ${requested}) / 1000000), NULL)`

/** How long do humans keep agents waiting? */
export const gateWaits: QuestionView = {
  name: 'gate_waits',
  comment: 'Decisions at gates, with how long the agent waited; where the times do not tell, wait_unknown says why',
  columns: {
    ...taken(times, TAKEN),
    requested_at: { sql: `${times}.requested_at`, comment: 'When the gate was asked, as the producer wrote it' },
    decided_at: { sql: `${times}.decided_at`, comment: 'When it was decided, as the producer wrote it' },
    requested_instant: {
      sql: instantOfNanoseconds(requested),
      comment: 'requested_at as a time; NULL where it is none',
    },
    decided_instant: { sql: instantOfNanoseconds(decided), comment: 'decided_at as a time; NULL where it is none' },
    wait_ms: { sql: waitMs, comment: 'From requested_at to decided_at, ms; NULL where wait_unknown says why' },
    wait_unknown: {
      sql:
        `multiIf(${requested} IS NULL AND ${decided} IS NULL, 'neither time can be read', ${requested} IS NULL, 'requested_at cannot be read', ` +
        `${decided} IS NULL, 'decided_at cannot be read', ${decided} < ${requested}, 'decided before it was requested', NULL)`,
      comment: 'Why wait_ms is NULL, in words; NULL where it is known',
    },
    past_timeout: {
      sql: `${waitMs} >= toFloat64(${times}.timeout_seconds) * 1000`,
      comment: 'Whether the wait was as long as the timeout, or longer; NULL where it is unknown',
    },
  },
  from: (view) => `(
    SELECT ${carried(parts)}, ${both((name) => `${parts}.${name}_at AS ${name}_at`)},
      ${both((name) => `${nanosecondsOf(`${parts}.${name}_iso`, `${parts}.${name}_epoch`)} AS ${name}_ns`)}
    FROM (
      SELECT ${carried(texts)}, ${both((name) => `${texts}.${name}_at AS ${name}_at`)},
        ${both((name) => `${partsOfIso(`${texts}.${name}_at`)} AS ${name}_iso, ${partsOfEpoch(`${texts}.${name}_at`)} AS ${name}_epoch`)}
      FROM (
        SELECT ${carried(gate)},
          JSONExtractString(${gate}.payload, 'request', 'requested_at') AS requested_at,
          JSONExtractString(${gate}.payload, 'decision', 'decided_at') AS decided_at
        FROM ${view('gate_decisions')} AS ${gate}
      ) AS ${texts}
    ) AS ${parts}
  ) AS ${times}`,
  narrowedBy: {
    gate_decisions: [
      'instant',
      'event_id',
      'correlation_id',
      'gate_id',
      'proposal_id',
      'agent_id',
      'verdict',
      'decided_by',
    ],
  },
}
