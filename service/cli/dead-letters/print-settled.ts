import { checkNotInterrupted } from '../../../base/interruption.ts'
import type { SettledLetter } from '../../../operations/dead-letters/settle.ts'
import { settledRow } from '../../../operations/dead-letters/settled-row.ts'
import { printRows, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Prints what became of dead letters: what is settled on stdout, what is not on stderr, and the totals there. */
export async function printSettled(
  { stdout, stderr, stopped }: CommandContext,
  letters: AsyncIterable<SettledLetter>,
): Promise<number> {
  const counts = { settled: 0, refused: 0 }
  for await (const each of letters) {
    counts[each.kind]++
    await printRows(each.kind === 'refused' ? stderr : stdout, [settledRow(each)], 'json')
  }
  stderr.write(`${counts.settled} settled, ${counts.refused} rejected\n`)
  checkNotInterrupted(stopped, 'not all dead letters were looked at')
  return counts.refused === 0 ? EXIT.done : EXIT.no
}
