import type { Readable } from 'node:stream'
import { readArchive } from '../../log/archive/archive-reader.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { checkRights } from '../rights/check-rights.ts'
import type { ArchiveTotals } from './archive-totals.ts'
import { LogImport } from './log-import.ts'

export interface ImportOptions {
  readonly stopped: AbortSignal
  /** Told after each record how many were appended, and how many bytes of the input were read. */
  readonly report: (appended: number, bytesRead: number) => void
}

/**
 * Appends the records of a file that `exportLog` wrote to the topics of the same tenants, and counts what the log has answered for
 * in `totals`, also where it fails midway. Ends early, without an error, once it is asked to stop. Errors: `InvalidQuery` (the file
 * is none, cut off or damaged, or a record is too large here), `Unavailable`, `StorageError`.
 */
export async function importLog(
  into: TenantLog,
  input: Readable,
  totals: ArchiveTotals,
  { stopped, report }: ImportOptions,
): Promise<void> {
  const target = new LogImport(into, totals)
  // An input that is slow, or that never ends, must not hold up the end.
  const stop = (): void => void input.destroy()
  stopped.addEventListener('abort', stop, { once: true })
  let bytesRead = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  let fault: unknown
  try {
    await checkRights(into, 'import')
    for await (const record of readArchive(counted())) {
      if (stopped.aborted) break
      await target.add(record)
      report(totals.records, bytesRead)
    }
  } catch (error) {
    fault = error
  } finally {
    stopped.removeEventListener('abort', stop)
    input.destroy()
  }
  // What comes before a fault of the file is whole.
  await target.end()
  // Reading ends with an error when the input is closed halfway.
  if (fault !== undefined && !stopped.aborted) throw fault
}
