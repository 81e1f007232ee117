/** Which of two figures is the better one. */
export type Better = 'higher' | 'lower'

/** A figure of a suite. One without a baseline has `null` for it, for the ratio and for `better`. */
export interface Measurement {
  readonly suite: string
  /** What was measured, unique in the suite; the guard knows it by this name. */
  readonly measure: string
  /** Median of the runs, in `unit`. */
  readonly ours: number
  /** Median of the runs, in `unit`. */
  readonly baseline: number | null
  readonly baselineName: string | null
  /** Such as `events/s`, `ms`, `bytes/event`. */
  readonly unit: string
  /** Median of ours/baseline over the paired runs: not the ratio of the medians, so that a slow minute of the machine counts for both sides. */
  readonly ratio: number | null
  readonly runs: number
  /** (highest - lowest) / median, of the ratios, or of ours where there is no baseline. */
  readonly spread: number
  readonly better: Better | null
}

/** What both sides did in one run, in the measurement's unit. */
export interface Pair {
  readonly ours: number
  readonly baseline: number
}

/** What a measurement says beside its figures. */
export interface PairedLabels {
  readonly suite: string
  readonly measure: string
  readonly unit: string
  readonly baselineName: string
  readonly better: Better
}

/** The measurement of paired runs, of which there is at least one. */
export function pairedMeasurement(labels: PairedLabels, pairs: readonly Pair[]): Measurement {
  const ratios = pairs.map(({ ours, baseline }) => ours / baseline)
  return {
    ...labels,
    ours: median(pairs.map(({ ours }) => ours)),
    baseline: median(pairs.map(({ baseline }) => baseline)),
    ratio: median(ratios),
    runs: pairs.length,
    spread: spread(ratios),
  }
}

/** The measurement of runs, at least one, that have nothing to be compared with. */
export function plainMeasurement(
  labels: Pick<Measurement, 'suite' | 'measure' | 'unit'>,
  values: readonly number[],
): Measurement {
  const none = { baseline: null, baselineName: null, ratio: null, better: null }
  return { ...labels, ...none, ours: median(values), runs: values.length, spread: spread(values) }
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle]!
  return (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** How far the values lie apart, as a share of their median; 0 where all are equal. */
export function spread(values: readonly number[]): number {
  const range = Math.max(...values) - Math.min(...values)
  return range === 0 ? 0 : range / median(values)
}
