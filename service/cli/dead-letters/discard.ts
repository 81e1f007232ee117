import type { CommandContext } from '../command-context.ts'
import type { Choice } from '../../../operations/dead-letters/choice.ts'
import { settleDeadLetters } from '../../../operations/dead-letters/settle.ts'

/** Settles dead letters that nobody wants, with the reason. The log keeps the records, and the dead-letter topic the letters. */
export async function discardDeadLetters(context: CommandContext, choice: Choice, because: string): Promise<number> {
  return settleDeadLetters(context, choice, async () => async () => ({
    kind: 'settled',
    resolution: { kind: 'discarded', because },
  }))
}
