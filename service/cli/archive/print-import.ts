import { checkNotInterrupted } from '../../../base/interruption.ts'
import { ArchiveTotals } from '../../../operations/archive/archive-totals.ts'
import { importLog } from '../../../operations/archive/import-log.ts'
import { withLog, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { openInput } from '../terminal/open-input.ts'
import { Progress, QUIET_MS } from '../terminal/progress.ts'
import { tell } from '../terminal/write.ts'

/** Imports a file, or standard input for `-`, and prints topics and totals, even where it fails midway. See `importLog`. */
export async function printImport(context: CommandContext, file: string): Promise<number> {
  const { stopped } = context
  const { stream, size } = await openInput(context, file)
  const totals = new ArchiveTotals()
  const progress = new Progress(context.stderr, 'imported', QUIET_MS)
  const report = (appended: number, bytesRead: number): void =>
    progress.update(bytesRead, size ?? undefined, ` bytes, ${appended} records appended`)
  let failure: unknown
  await withLog(context, async (log) => {
    try {
      await importLog(log, stream, totals, { stopped, report })
      if (!stopped.aborted) progress.end(`${totals.records} records`)
    } catch (error) {
      failure = error
    }
  })
  for (const line of [...totals.topics(), totals.summary(file)]) await writeLine(context.stdout, jsonLine(line))
  if (totals.records > 0 && (failure !== undefined || stopped.aborted)) {
    const again = 'importing again appends them a second time; the read model counts each event once'
    await tell(context.stderr, `${totals.records} records were already appended: ${again}`)
  }
  if (failure !== undefined) throw failure
  checkNotInterrupted(stopped, 'the rest of the file was not appended')
  return EXIT.done
}
