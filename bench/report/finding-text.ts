import { limitOf, type Finding } from '../guard/judge.ts'

/** A finding of the guard in a sentence. */
export function findingText(finding: Finding): string {
  if (finding.kind === 'unrecorded') {
    return `unrecorded: ${finding.suite}: ${finding.measure}: record it with --write-record`
  }
  const { suite, measure, ratio, better, margin } = finding.expected
  if (finding.kind === 'missing') return `missing: ${suite}: ${measure}: recorded, but not measured`
  const bound = better === 'higher' ? 'at least' : 'at most'
  const limit = limitOf(finding.expected)
  return `worse: ${suite}: ${measure}: ratio ${digits(finding.got)}, recorded ${digits(ratio)}, ${bound} ${digits(limit)} passes (margin ${Math.round(100 * margin)} %)`
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}
