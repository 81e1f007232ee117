import { expect, test } from 'vitest'
import { readRecording } from '../../../producers/recordings/read-recording.ts'

test('reads the events that a Converge engine gave', () => {
  const events = [...readRecording()]
  expect(events.length).toBeGreaterThan(4000)
  expect(new Set(events.map(({ event }) => event.type))).toEqual(
    new Set(['FactPromoted', 'OutcomeRecorded', 'GateDecisionRecorded', 'BudgetExceeded']),
  )
  expect(events[0]).toMatchObject({ event_id: 'evt-0', occurred_at: '1970-01-01T00:00:00Z', tenant_id: null })
})
