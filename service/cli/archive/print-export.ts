import { exportLog } from '../../../operations/archive/export-log.ts'
import { withLog, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { openOutput } from '../terminal/open-output.ts'
import { Progress } from '../terminal/progress.ts'
import { tell } from '../terminal/write.ts'

/** Exports to a file, or to standard output for `-`, and prints topics and totals; for `-` on stderr. See `exportLog`. */
export async function printExport(context: CommandContext, file: string, tenant: string | null): Promise<number> {
  return withLog(context, async (log) => {
    const progress = new Progress(context.stderr, 'exported')
    const totals = await exportLog(log, () => openOutput(context, file), {
      tenant,
      stopped: context.stopped,
      report: (read, total) => progress.update(read, total),
    })
    progress.end(`${totals.records} records`)
    const lines = [...totals.topics(), totals.summary(file)].map(jsonLine)
    for (const line of lines) await (file === '-' ? tell(context.stderr, line) : writeLine(context.stdout, line))
    return EXIT.done
  })
}
