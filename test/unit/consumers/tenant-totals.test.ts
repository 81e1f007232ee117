import { expect, test } from 'vitest'
import { compareTotals, type TenantTotals } from '../../../consumers/verify/tenant-totals.ts'

const totals = (changes: Partial<TenantTotals> = {}): TenantTotals => ({
  kinds: new Map([['OutcomeRecorded', { events: 2, tokens: 2n ** 64n, cost: 7n }]]),
  days: new Map([['2026-04-23', { events: 2, digest: '1:2' }]]),
  deadLetters: 0,
  ...changes,
})

test('finds no difference between equal totals', () => {
  expect(compareTotals('t', totals(), totals())).toEqual([])
})

test('names the topic and every measure that differs, missing kinds and days too', () => {
  const none = totals({ kinds: new Map(), days: new Map(), deadLetters: 3 })
  expect(compareTotals('t', totals(), none)).toEqual([
    { topic: 't', measure: 'events of kind OutcomeRecorded', log: '2', tables: '0' },
    { topic: 't', measure: 'tokens of kind OutcomeRecorded', log: '18446744073709551616', tables: '0' },
    { topic: 't', measure: 'cost in µ$ of kind OutcomeRecorded', log: '7', tables: '0' },
    { topic: 't', measure: 'events of 2026-04-23', log: '2', tables: '0' },
    { topic: 't', measure: 'content of 2026-04-23', log: '1:2', tables: '0:0' },
    { topic: 't', measure: 'dead letters', log: '0', tables: '3' },
  ])
  expect(compareTotals('t', none, totals())).toHaveLength(6)
})
