import { exportLog, type ArchiveOutput } from '../../../operations/archive/export-log.ts'
import { withLog, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { exportOverHttp } from '../over-http/export-over-http.ts'
import { operatorOf } from '../over-http/operator.ts'
import { openOutput } from '../terminal/open-output.ts'
import { Progress } from '../terminal/progress.ts'
import { tell } from '../terminal/write.ts'

/** Exports to a file, or to standard output for `-`, and prints topics and totals; for `-` on stderr. See `exportLog`. */
export async function printExport(context: CommandContext, file: string, tenant: string | null): Promise<number> {
  const progress = new Progress(context.stderr, 'exported')
  const open = (): Promise<ArchiveOutput> => openOutput(context, file)
  const options = {
    tenant,
    stopped: context.stopped,
    report: (read: number, total?: bigint) => progress.update(read, total),
  }
  const operator = operatorOf(context)
  const totals =
    operator === null
      ? await withLog(context, (log) => exportLog(log, open, options))
      : await exportOverHttp(operator, open, options)
  progress.end(`${totals.records} records`)
  const lines = [...totals.topics(), totals.summary(file)].map(jsonLine)
  for (const line of lines) await (file === '-' ? tell(context.stderr, line) : writeLine(context.stdout, line))
  return EXIT.done
}
