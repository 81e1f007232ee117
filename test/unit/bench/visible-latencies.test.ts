import { describe, expect, it } from 'vitest'
import { quantile, visibleLatencies } from '../../../bench/latency/visible-latencies.ts'

describe('latencies', () => {
  it('are the time to the first answer with the event or a later one of its partition', () => {
    const acknowledgements = [
      { partition: 'a/0', offset: 2, at: 30 },
      { partition: 'a/0', offset: 0, at: 10 },
      { partition: 'a/0', offset: 1, at: 20 },
    ]
    const sightings = [
      { partition: 'a/0', offset: 0, at: 15 },
      { partition: 'a/0', offset: 2, at: 100 },
    ]
    expect(visibleLatencies(acknowledgements, sightings)).toEqual([5, 80, 70])
  })

  it('know partitions apart', () => {
    const acknowledgements = [
      { partition: 'a/0', offset: 0, at: 0 },
      { partition: 'a/1', offset: 0, at: 0 },
    ]
    const sightings = [
      { partition: 'a/1', offset: 5, at: 1 },
      { partition: 'a/0', offset: 5, at: 2 },
    ]
    expect(visibleLatencies(acknowledgements, sightings)).toEqual([2, 1])
  })

  it('are 0 where a query saw the event before the producer had its answer', () => {
    const place = { partition: 'a/0', offset: 0 }
    expect(visibleLatencies([{ ...place, at: 10 }], [{ ...place, at: 9 }])).toEqual([0])
  })

  it('are not made up for an event that no query saw', () => {
    const seen = [{ partition: 'a/0', offset: 6, at: 9 }]
    expect(() => visibleLatencies([{ partition: 'a/0', offset: 7, at: 0 }], seen)).toThrow('a/0 at offset 7')
  })
})

it('a quantile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 50, 99, 100])
  expect(quantile([7], 0.99)).toBe(7)
})
