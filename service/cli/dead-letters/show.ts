import { describeDeadLetter } from '../../../operations/dead-letters/dead-letter-detail.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { operatorOf } from '../over-http/operator.ts'
import { withProjectedLog } from './projected-log.ts'

/** Prints all of a dead letter, and the envelope as far as its bytes can be read as one. Error: `NotFound`. */
export async function showDeadLetter(context: CommandContext, id: string): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) {
    await writeLine(context.stdout, await operator.text('dead-letters/one', { id }))
    return EXIT.done
  }
  return withProjectedLog(context, async (log) => {
    const { detail, envelope } = await describeDeadLetter(log, id)
    // The envelope's numbers must stay as they are: its text is put in as it is.
    await writeLine(context.stdout, `${jsonLine(detail).slice(0, -1)},"envelope":${envelope ?? 'null'}}`)
    return EXIT.done
  })
}
