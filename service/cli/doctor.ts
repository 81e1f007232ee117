import { checkNotInterrupted } from '../../base/interruption.ts'
import { untilAborted } from '../../base/waiting.ts'
import type { Role } from '../../log/rights/role-rights.ts'
import type { Finding } from '../../operations/doctor/finding.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { writeLine, type CommandContext, type OutputFormat } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { jsonLine } from '../../schemas/json/json-line.ts'

const SIGNS: Readonly<Record<Finding['severity'], string>> = { fine: '✓', note: '·', warning: '!', error: '✗' }
const AREA_WIDTH = 'read model'.length

export interface DoctorOptions {
  readonly format: OutputFormat
  readonly role: readonly Role[]
}

/** Prints what there is to say of this set-up, each with what to do about it. Its answer is no where something is in error. */
export async function doctor(
  { settings, open, stdout, stopped }: CommandContext,
  { format, role }: DoctorOptions,
): Promise<number> {
  const counts = { error: 0, warning: 0, note: 0, fine: 0 }
  for await (const finding of untilAborted(diagnose(settings, role, open), stopped)) {
    counts[finding.severity]++
    for (const line of format === 'json' ? [jsonLine(finding)] : forPeople(finding)) await writeLine(stdout, line)
  }
  checkNotInterrupted(stopped, 'not all was looked at')
  if (format === 'table') await writeLine(stdout, `\n${verdict(counts)}`)
  return counts.error === 0 ? EXIT.done : EXIT.no
}

function forPeople({ area, severity, message, next }: Finding): string[] {
  const found = `${SIGNS[severity]} ${area.padEnd(AREA_WIDTH)}  ${message}`
  return next === null ? [found] : [found, `  ${' '.repeat(AREA_WIDTH)}  → ${next}`]
}

function verdict({ error, warning }: { readonly error: number; readonly warning: number }): string {
  const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
  if (error > 0) return `This set-up will not work: ${counted(error, 'error')}, ${counted(warning, 'warning')}.`
  return warning > 0 ? `This set-up works, with ${counted(warning, 'warning')}.` : 'This set-up works.'
}
