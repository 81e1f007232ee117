import { describe, expect, it } from 'vitest'
import { betterOnes, judge } from '../../../bench/guard/judge.ts'
import { updatedRecord, type RecordedRatio } from '../../../bench/guard/record.ts'
import { pairedMeasurement, plainMeasurement, type Measurement } from '../../../bench/measurement.ts'
import { findingText } from '../../../bench/report/finding-text.ts'

const encode: RecordedRatio = { suite: 'codec', measure: 'encode', ratio: 0.6, better: 'higher', margin: 0.5 }
const chain: RecordedRatio = { suite: 'query', measure: 'chain', ratio: 1.2, better: 'lower', margin: 0.25 }

function measured({ suite, measure, better }: RecordedRatio, ratio: number): Measurement {
  const labels = { suite, measure, better, unit: 'x', baselineName: 'bare' }
  return pairedMeasurement(labels, [{ ours: ratio, baseline: 1 }])
}

describe('judge', () => {
  const both = ['codec', 'query']

  it('passes what is within the margin, and what is better', () => {
    expect(judge([encode, chain], [measured(encode, 0.31), measured(chain, 1.49)], both)).toEqual([])
    expect(judge([encode, chain], [measured(encode, 6), measured(chain, 0.1)], both)).toEqual([])
  })

  it('finds what is worse by more than the margin: lower where higher is better, and the other way round', () => {
    expect(judge([encode, chain], [measured(encode, 0.29), measured(chain, 1.51)], both)).toEqual([
      { kind: 'worse', expected: encode, got: 0.29 },
      { kind: 'worse', expected: chain, got: 1.51 },
    ])
  })

  it('finds a recorded measure that is gone, unless its suite did not run', () => {
    expect(judge([encode, chain], [measured(encode, 0.6)], both)).toEqual([{ kind: 'missing', expected: chain }])
    expect(judge([encode, chain], [measured(encode, 0.6)], ['codec'])).toEqual([])
  })

  it('finds a measure that nothing is recorded of, but asks for no ratio where there is none', () => {
    const plain = plainMeasurement({ suite: 'codec', measure: 'bytes', unit: 'bytes/event' }, [600])
    expect(judge([], [measured(encode, 0.6), plain], both)).toEqual([
      { kind: 'unrecorded', suite: 'codec', measure: 'encode' },
    ])
  })
})

it('takes the better of two ratios', () => {
  const [lowEncode, highEncode] = [measured(encode, 0.4), measured(encode, 0.5)]
  const [lowChain, highChain] = [measured(chain, 1.1), measured(chain, 1.4)]
  expect(betterOnes([lowEncode, highChain], [highEncode, lowChain])).toEqual([highEncode, lowChain])
  expect(betterOnes([highEncode, lowChain], [lowEncode, highChain])).toEqual([highEncode, lowChain])
  expect(betterOnes([lowEncode], [])).toEqual([lowEncode])
})

it('says which ratio, what is recorded, what came and what would pass', () => {
  expect(findingText({ kind: 'worse', expected: encode, got: 0.2899 })).toBe(
    'worse: codec: encode: ratio 0.29, recorded 0.6, at least 0.3 passes (margin 50 %)',
  )
  expect(findingText({ kind: 'worse', expected: chain, got: 1.6 })).toBe(
    'worse: query: chain: ratio 1.6, recorded 1.2, at most 1.5 passes (margin 25 %)',
  )
})

describe('the record', () => {
  it('takes new ratios of the suites that ran, keeps their margins, and leaves the others', () => {
    const renamed: RecordedRatio = { ...encode, measure: 'encode, old name' }
    const measurements = [measured(encode, 0.61239), measured({ ...encode, measure: 'decode' }, 2)]
    expect(updatedRecord([encode, renamed, chain], measurements, ['codec'])).toEqual([
      { ...encode, ratio: 0.612 },
      { ...encode, measure: 'decode', ratio: 2, margin: 0.35 },
      chain,
    ])
  })

  it('has no entry for figures without a ratio', () => {
    expect(
      updatedRecord([], [plainMeasurement({ suite: 'latency', measure: 'p99', unit: 'ms' }, [5])], ['latency']),
    ).toEqual([])
  })
})
