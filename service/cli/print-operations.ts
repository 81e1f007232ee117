import { OperationsLog } from '../../operations/log/operations-log.ts'
import { printRows, withLog, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/** Prints what operators did, the oldest first. */
export async function printOperations(context: CommandContext): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    await printRows(context.stdout, await new OperationsLog(log, topics).read(), 'json')
    return EXIT.done
  })
}
