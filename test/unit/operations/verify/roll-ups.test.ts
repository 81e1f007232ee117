import { expect, test } from 'vitest'
import { compareRollUps, type PartSums } from '../../../../operations/verify/roll-ups.ts'

/** Events, passed, latencies, sum of latencies, highest latency, tokens, cost. */
function part(name: string, tenant: string, ...sums: (number | null)[]): PartSums {
  return {
    part: name,
    tenant,
    sums: sums.map((sum) => (sum === null ? null : String(sum))),
  }
}

const rows = [part('p1', 'a', 2, 1, 2, 30, 20, 7, 8), part('p2', 'a', 1, 0, 1, 15, 15, 1, null), part('p1', 'b', 1)]

test('finds no difference where the parts add up to the same', () => {
  expect(compareRollUps(rows, rows.toReversed())).toEqual([])
})

test('names tenant and measure of what differs, rows without a roll-up too', () => {
  const rollUps = [part('p1', 'a', 2, 1, 2, 30, 20, 7, 9), part('p2', 'a', 1, 0, 1, 16, 21, 1, 0)]
  expect(compareRollUps(rows, rollUps)).toEqual([
    { tenant: 'a', measure: 'roll-up of latency_ms', log: '45', tables: '46' },
    { tenant: 'a', measure: 'roll-up of highest_latency_ms', log: '20', tables: '21' },
    { tenant: 'a', measure: 'roll-up of cost_microdollars', log: '8', tables: '9' },
    { tenant: 'b', measure: 'roll-up of events', log: '1', tables: '0' },
  ])
})

test('leaves out parts that were merged or inserted between the readings', () => {
  expect(compareRollUps(rows, [...rows.filter((each) => each.part === 'p1'), part('p2_3', 'a', 9)])).toEqual([])
})
