import { checkNotInterrupted } from '../../../base/interruption.ts'
import type { SettledLetter } from '../../../operations/dead-letters/settle.ts'
import { printRows, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Prints what became of dead letters: what is settled on stdout, what is not on stderr, and the totals there. */
export async function printSettled(
  { stdout, stderr, stopped }: CommandContext,
  letters: AsyncIterable<SettledLetter>,
): Promise<number> {
  const counts = { settled: 0, refused: 0 }
  for await (const { id, ...outcome } of letters) {
    counts[outcome.kind]++
    if (outcome.kind === 'refused') {
      const { reason, field, message } = outcome
      await printRows(stderr, [{ id, reason, field, message }], 'json')
    } else {
      const { kind, ...rest } = outcome.resolution
      const row = { id, state: kind, ...('resolvedAs' in rest ? { event_id: rest.resolvedAs } : rest) }
      await printRows(stdout, [row], 'json')
    }
  }
  stderr.write(`${counts.settled} settled, ${counts.refused} rejected\n`)
  checkNotInterrupted(stopped, 'not all dead letters were looked at')
  return counts.refused === 0 ? EXIT.done : EXIT.no
}
