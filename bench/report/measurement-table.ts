import { textTable } from '../../service/cli/terminal/text-table.ts'
import type { Measurement } from '../measurement.ts'

/** The measurements as a table for people. */
export function measurementTable(measurements: readonly Measurement[]): string {
  return textTable(
    measurements.map(({ suite, measure, ours, baseline, baselineName, unit, ratio, runs, spread }) => ({
      suite,
      measure,
      ours: `${figure(ours)} ${unit}`,
      baseline: baseline === null ? null : `${figure(baseline)} (${baselineName})`,
      ratio: ratio === null ? null : Number(ratio.toFixed(3)),
      spread: `${(100 * spread).toFixed(0)} %`,
      runs,
    })),
  )
}

/** Four digits tell more than the runs can. */
function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
