import type { RunPair } from '../compare.ts'
import { pairedMeasurement, type Measurement, type PairedLabels } from '../measurement.ts'
import type { Effort } from './runs.ts'

/** What both sides took for so many events, as two measurements: events/s by the clock, and CPU for each event. */
export function effortMeasurements(
  labels: Pick<PairedLabels, 'suite' | 'measure' | 'baselineName'>,
  events: number,
  pairs: readonly RunPair<Effort, Effort>[],
): Measurement[] {
  const figures = (figure: (effort: Effort) => number) =>
    pairs.map(({ ours, baseline }) => ({ ours: figure(ours), baseline: figure(baseline) }))
  return [
    pairedMeasurement(
      { ...labels, unit: 'events/s', better: 'higher' },
      figures(({ ms }) => (1000 * events) / ms),
    ),
    pairedMeasurement(
      { ...labels, measure: `${labels.measure}, CPU`, unit: 'µs/event', better: 'lower' },
      figures(({ cpuMs }) => (1000 * cpuMs) / events),
    ),
  ]
}
