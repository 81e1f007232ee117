import { exportsIndex } from '../../../operations/tenants/exports-index.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { printRows, withLog, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Prints which files hold copies of tenants, as far as the operations log knows. */
export async function printExports(context: CommandContext, format: OutputFormat): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    await printRows(context.stdout, exportsIndex(await new OperationsLog(log, topics).read()), format)
    return EXIT.done
  })
}
