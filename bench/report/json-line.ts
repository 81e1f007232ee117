import type { Measurement } from '../measurement.ts'

/** A measurement as one line of JSON, in a fixed order of keys. */
export function jsonLine(measurement: Measurement): string {
  const { suite, measure, ours, baseline, baselineName, unit, ratio, runs, spread, better } = measurement
  return JSON.stringify({ suite, measure, ours, baseline, baselineName, unit, ratio, runs, spread, better })
}
