import type { Readable } from 'node:stream'
import { readArchive } from '../../log/archive/archive-reader.ts'
import { checkNotInterrupted, withLog, writeLine, type CommandContext } from '../../service/cli/command-context.ts'
import { EXIT } from '../../service/cli/exit-codes.ts'
import { jsonLine } from '../../service/cli/terminal/json-line.ts'
import { openInput } from '../../service/cli/terminal/open-input.ts'
import { Progress } from '../../service/cli/terminal/progress.ts'
import { ArchiveTotals } from './archive-totals.ts'
import { LogImport } from './log-import.ts'

/**
 * Appends the records of a file that `exportLog` wrote, or of standard input for `-`, to the topics of the same tenants. Prints
 * topics and totals of what was appended, even where it fails midway. Errors: `InvalidQuery` (the file is none, cut off or
 * damaged, or a record is too large here), `Interrupted`, `Unavailable`, `StorageError`.
 */
export async function importLog(context: CommandContext, file: string): Promise<number> {
  const input = await openInput(context, file)
  const totals = new ArchiveTotals()
  let failure: unknown
  await withLog(context, async (open) => {
    try {
      await appendAll(context, input, new LogImport(open, totals), totals)
    } catch (error) {
      failure = error
    }
  })
  for (const line of [...totals.topics(), totals.summary(file)]) await writeLine(context.stdout, jsonLine(line))
  if (totals.records > 0 && (failure !== undefined || context.stopped.aborted)) {
    const again = 'importing again appends them once more, and the read model counts each event once'
    await writeLine(context.stderr, `${totals.records} records were appended before: ${again}`)
  }
  if (failure !== undefined) throw failure
  checkNotInterrupted(context, 'the rest of the file was not appended')
  return EXIT.done
}

async function appendAll(
  context: CommandContext,
  input: Readable,
  target: LogImport,
  totals: ArchiveTotals,
): Promise<void> {
  const progress = new Progress(context.stderr, 'imported')
  // An input that is slow, or that never ends, must not hold up the end.
  const stop = (): void => void input.destroy()
  context.stopped.addEventListener('abort', stop, { once: true })
  let fault: unknown
  try {
    for await (const record of readArchive(input)) {
      if (context.stopped.aborted) break
      await target.add(record)
      progress.update(totals.records)
    }
  } catch (error) {
    fault = error
  } finally {
    context.stopped.removeEventListener('abort', stop)
    input.destroy()
  }
  // What comes before a fault of the file is whole.
  await target.end()
  // Reading ends with an error when the input is closed halfway.
  if (fault !== undefined && !context.stopped.aborted) throw fault
  progress.end(`${totals.records} records`)
}
