import { deadLetterColumns } from '../dead-letters/dead-letter-columns.ts'
import { eventColumns } from '../events/event-columns.ts'
import type { Columns } from '../columns/table-columns.ts'

/** What columns mean that are no column of a table, by `view.column`, or by `column` where they mean the same in all views. */
const COMPUTED: Readonly<Record<string, string>> = {
  hour: 'Hour of instant, UTC: what the sums of the roll-up are kept by',
  cost_usd: 'Cost, dollars, exactly',
  proposal_text: 'What is proposed, as the agent wrote it',
  query_text: 'What recall was asked',
  claim: 'What the hypothesis says',
  summary: 'What the gate was asked to decide, in words',
  'artifact_states.state': 'State after the latest transition or rollback',
  'artifact_states.artifact_kind': 'Kind that the latest transition names: a rollback names none',
  'artifact_states.artifact_kind_other': "Name of the kind where artifact_kind is 'Other'",
  'artifact_states.since': 'When it came into this state',
  'artifact_states.occurred_at': 'When that was, as the producer wrote it',
  'artifact_states.actor': 'Who did it',
  'artifact_states.reason': 'Why, in words',
  'artifact_states.changes': 'Transitions and rollbacks so far',
  'artifact_states.forbidden_transitions': 'How many of them the state machine forbids',
  'artifact_states.has_forbidden_transition': 'Whether there is any that it forbids',
  'reused_event_ids.events': 'Events of the id',
  'reused_event_ids.contents': 'Different contents among them: more than one',
  'reused_event_ids.first_instant': 'When the first of them happened',
  'reused_event_ids.last_instant': 'When the last of them happened',
}

/** The comment of a view's column, behind which stands an expression: a column of events or dead letters, or something else. */
export function columnComment(view: string, expression: string, name: string): string {
  const own = COMPUTED[`${view}.${name}`] ?? COMPUTED[name]
  if (own !== undefined) return own
  const columns: Columns = view === 'dead_letters' ? deadLetterColumns : eventColumns
  return columns[expression]?.comment ?? columns[name]?.comment ?? ''
}
