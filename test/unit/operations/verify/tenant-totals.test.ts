import { expect, test } from 'vitest'
import { compareTotals, type TenantTotals } from '../../../../operations/verify/tenant-totals.ts'

function totals(changes: Partial<TenantTotals> = {}): TenantTotals {
  return {
    kinds: new Map([['OutcomeRecorded', { events: 2, tokens: 2n ** 64n, cost: 7n, latency: 9n }]]),
    days: new Map([['2026-04-23', { events: 2, digest: '1:2', places: '3' }]]),
    deadLetters: { records: 0, content: '0' },
    ...changes,
  }
}
const nothing = { events: [], suspicions: [], deadLetters: [] }

test('finds no difference between equal totals', () => {
  expect(compareTotals('t', totals(), totals())).toEqual(nothing)
})

test('names the topic and every measure that differs, missing kinds and days too', () => {
  const none = totals({ kinds: new Map(), days: new Map(), deadLetters: { records: 3, content: '5' } })
  expect(compareTotals('t', totals(), none)).toEqual({
    events: [
      { topic: 't', measure: 'events of kind OutcomeRecorded', log: '2', tables: '0' },
      { topic: 't', measure: 'tokens of kind OutcomeRecorded', log: '18446744073709551616', tables: '0' },
      { topic: 't', measure: 'cost in µ$ of kind OutcomeRecorded', log: '7', tables: '0' },
      { topic: 't', measure: 'latency in ms of kind OutcomeRecorded', log: '9', tables: '0' },
      { topic: 't', measure: 'events of 2026-04-23', log: '2', tables: '0' },
      { topic: 't', measure: 'content of 2026-04-23', log: '1:2', tables: '0:0' },
    ],
    suspicions: [],
    deadLetters: [{ topic: 't', measure: 'dead letters', log: '0', tables: '3' }],
  })
  expect(compareTotals('t', none, totals()).events).toHaveLength(6)
})

test('takes places for a suspicion only, where the same events are counted', () => {
  const moved = totals({ days: new Map([['2026-04-23', { events: 2, digest: '1:2', places: '4' }]]) })
  expect(compareTotals('t', totals(), moved)).toEqual({
    ...nothing,
    suspicions: [{ topic: 't', measure: 'places and times of 2026-04-23', log: '3', tables: '4' }],
  })
})

test('compares the content of dead letters where their number is right', () => {
  const other = totals({ deadLetters: { records: 0, content: '1' } })
  expect(compareTotals('t', totals(), other)).toEqual({
    ...nothing,
    deadLetters: [{ topic: 't', measure: 'content of dead letters', log: '0', tables: '1' }],
  })
})
