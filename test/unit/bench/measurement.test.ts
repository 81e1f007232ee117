import { describe, expect, it } from 'vitest'
import { median, pairedMeasurement, plainMeasurement, spread } from '../../../bench/measurement.ts'

describe('median', () => {
  it('is the middle value, however the values come', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([10])).toBe(10)
  })

  it('is the mean of the two in the middle', () => {
    expect(median([4, 1, 2, 100])).toBe(3)
  })
})

describe('spread', () => {
  it('is the range as a share of the median', () => {
    expect(spread([1, 2, 3])).toBe(1)
    expect(spread([90, 100, 110])).toBeCloseTo(0.2)
  })

  it('is 0 where all are equal, zeros too', () => {
    expect(spread([0, 0])).toBe(0)
    expect(spread([7])).toBe(0)
  })
})

describe('a measurement', () => {
  const labels = { suite: 'codec', measure: 'encode', unit: 'events/s' }

  it('of pairs takes the ratio of each pair, so that a slow run of both sides changes nothing', () => {
    const pairs = [
      { ours: 10, baseline: 20 },
      { ours: 1, baseline: 2 },
      { ours: 30, baseline: 60 },
    ]
    const measurement = pairedMeasurement({ ...labels, baselineName: 'avsc', better: 'higher' }, pairs)
    expect(measurement).toEqual({
      ...labels,
      baselineName: 'avsc',
      better: 'higher',
      ours: 10,
      baseline: 20,
      ratio: 0.5,
      runs: 3,
      spread: 0,
    })
  })

  it('without a baseline has no ratio', () => {
    expect(plainMeasurement(labels, [5, 4, 6])).toEqual({
      ...labels,
      ours: 5,
      runs: 3,
      spread: 0.4,
      baseline: null,
      baselineName: null,
      ratio: null,
      better: null,
    })
  })
})
