import type { Measured } from '../measure-suites.ts'
import { findingText } from '../report/finding-text.ts'
import { SUITE_NAMES, type SuiteName } from '../suite.ts'
import { betterOnes, judge } from './judge.ts'
import { readRecord } from './record.ts'

/**
 * Whether suites are as good as the record; says on stderr what is not. A suite with a ratio that is worse runs once more, and the
 * better one of two counts: a busy machine is not to fail anybody, and slow code is slow twice.
 */
export async function check(
  suites: readonly SuiteName[],
  measure: (suites: readonly SuiteName[]) => Promise<Measured>,
): Promise<boolean> {
  const record = await readRecord()
  const { measurements: first, failed } = await measure(suites)
  const doubtful = new Set(
    judge(record, first, suites).flatMap((finding) => (finding.kind === 'worse' ? [finding.expected.suite] : [])),
  )
  const again = SUITE_NAMES.filter((name) => doubtful.has(name))
  if (again.length > 0) console.error(`once more, since a ratio is worse than the record: ${again.join(', ')}`)
  const second = await measure(again)
  const findings = judge(record, betterOnes(first, second.measurements), suites)
  for (const finding of findings) console.error(findingText(finding))
  if (findings.length === 0) console.error('no ratio is worse than the record')
  return findings.length === 0 && failed.length === 0
}
