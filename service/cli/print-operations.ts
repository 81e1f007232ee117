import { OperationsLog } from '../../operations/log/operations-log.ts'
import { shownOperation } from '../../operations/log/shown-operation.ts'
import { printRows, withLog, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/** Prints what operators did, the oldest first. */
export async function printOperations(context: CommandContext): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    const operations = await new OperationsLog(log, topics).read()
    await printRows(context.stdout, operations.map(shownOperation), 'json')
    return EXIT.done
  })
}
