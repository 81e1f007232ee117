import { OperationsLog } from '../../operations/log/operations-log.ts'
import { shownOperation } from '../../operations/log/shown-operation.ts'
import { printRows, withLog, type CommandContext } from './command-context.ts'
import { operatorOf } from './over-http/operator.ts'
import { EXIT } from './exit-codes.ts'

/** Prints what operators did, the oldest first. */
export async function printOperations(context: CommandContext): Promise<number> {
  const operator = operatorOf(context)
  const rows =
    operator === null
      ? await withLog(context, async ({ log, topics }) =>
          (await new OperationsLog(log, topics).read()).map(shownOperation),
        )
      : await operator.rows('operations', 'operations')
  await printRows(context.stdout, rows, 'json')
  return EXIT.done
}
