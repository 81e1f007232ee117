import type { Measurement } from '../measurement.ts'
import { find, type RecordedRatio } from './record.ts'

/** Why a run is not as good as the record. */
export type Finding =
  | { readonly kind: 'worse'; readonly expected: RecordedRatio; readonly got: number }
  /** A measure that is recorded and was not taken: a guard must not lose one unnoticed. */
  | { readonly kind: 'missing'; readonly expected: RecordedRatio }
  /** A measure that nothing is recorded of. */
  | { readonly kind: 'unrecorded'; readonly suite: string; readonly measure: string }

/** Compares the ratios of the suites that ran with the record. No absolute figure counts. */
export function judge(
  record: readonly RecordedRatio[],
  measurements: readonly Measurement[],
  suites: readonly string[],
): Finding[] {
  const known = record
    .filter(({ suite }) => suites.includes(suite))
    .flatMap((expected): Finding[] => {
      const got = find(measurements, expected.suite, expected.measure)?.ratio ?? null
      if (got === null) return [{ kind: 'missing', expected }]
      return isWorse(got, expected) ? [{ kind: 'worse', expected, got }] : []
    })
  const unknown = measurements
    .filter(({ suite, measure, ratio }) => ratio !== null && find(record, suite, measure) === undefined)
    .map(({ suite, measure }): Finding => ({ kind: 'unrecorded', suite, measure }))
  return [...known, ...unknown]
}

/** Of measures that were taken twice, the better ratio. */
export function betterOnes(first: readonly Measurement[], second: readonly Measurement[]): Measurement[] {
  return first.map((measurement) => {
    const again = find(second, measurement.suite, measurement.measure)
    if (again === undefined || again.ratio === null || measurement.ratio === null) return measurement
    const isBetter = measurement.better === 'higher' ? again.ratio > measurement.ratio : again.ratio < measurement.ratio
    return isBetter ? again : measurement
  })
}

/** The worst ratio that passes. */
export function limitOf({ ratio, better, margin }: RecordedRatio): number {
  return better === 'higher' ? ratio * (1 - margin) : ratio * (1 + margin)
}

function isWorse(got: number, expected: RecordedRatio): boolean {
  const limit = limitOf(expected)
  return expected.better === 'higher' ? got < limit : got > limit
}
