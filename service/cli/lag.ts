import { shownLag } from '../wiring/shown-lag.ts'
import { printRows, withReader, type CommandContext, type OutputFormat } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { operatorOf } from './over-http/operator.ts'

/** Prints how far the tables are behind the log: topics of which not all records are projected. */
export async function printLag(context: CommandContext, format: OutputFormat): Promise<number> {
  const operator = operatorOf(context)
  const rows = operator === null ? await withReader(context, shownLag) : await operator.rows('lag', 'topics')
  await printRows(context.stdout, rows, format)
  return EXIT.done
}
