import { readFile, writeFile } from 'node:fs/promises'
import type { Better, Measurement } from '../measurement.ts'
import { SUITE_NAMES, type SuiteName } from '../suite.ts'

const FILE = new URL('../record.json', import.meta.url)

/** How good a ratio of the short form was when it was recorded. */
export interface RecordedRatio {
  readonly suite: string
  readonly measure: string
  readonly ratio: number
  readonly better: Better
  /** By what share of it the ratio may be worse, 0 to 1: what another machine, or a busy one, makes of the same code. */
  readonly margin: number
}

/** Of measures that nobody has given another one: how far medians of three runs lay apart on a busy machine of two cores. */
const USUAL_MARGIN = 0.35

export async function readRecord(): Promise<RecordedRatio[]> {
  return JSON.parse(await readFile(FILE, 'utf8')) as RecordedRatio[]
}

export async function writeRecord(record: readonly RecordedRatio[]): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(record, null, 2)}\n`)
}

/** The record with the ratios of the suites that ran instead of those it had. Margins stay. */
export function updatedRecord(
  record: readonly RecordedRatio[],
  measurements: readonly Measurement[],
  suites: readonly string[],
): RecordedRatio[] {
  const others = record.filter(({ suite }) => !suites.includes(suite))
  const ofSuites = measurements.flatMap(({ suite, measure, ratio, better }) => {
    if (ratio === null || better === null) return []
    const margin = find(record, suite, measure)?.margin ?? USUAL_MARGIN
    return [{ suite, measure, ratio: Number(ratio.toPrecision(3)), better, margin }]
  })
  return [...others, ...ofSuites].toSorted((a, b) => place(a) - place(b))
}

/** Suites stand in the order in which they run, so that a new record differs in what has changed only. */
function place({ suite }: RecordedRatio): number {
  return SUITE_NAMES.indexOf(suite as SuiteName)
}

/** The entry of a measure, of a record or of measurements. */
export function find<Entry extends { readonly suite: string; readonly measure: string }>(
  entries: readonly Entry[],
  suite: string,
  measure: string,
): Entry | undefined {
  return entries.find((entry) => entry.suite === suite && entry.measure === measure)
}
