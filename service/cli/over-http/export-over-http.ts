import { ExperienceError } from '../../../base/experience-error.ts'
import { checkNotInterrupted } from '../../../base/interruption.ts'
import { brokenOff } from '../../../client/answer-lines.ts'
import { readArchive } from '../../../log/archive/archive-reader.ts'
import { ArchiveTotals } from '../../../operations/archive/archive-totals.ts'
import type { ArchiveOutput } from '../../../operations/archive/export-log.ts'
import type { Operator } from './operator.ts'

export interface ExportOptions {
  readonly tenant: string | null
  readonly stopped: AbortSignal
  /** Told after each record how many came. */
  readonly report: (read: number) => void
}

/**
 * Has a server export, and writes what it sends, as `exportLog` does; each record is read on its way, which adds up the totals and
 * proves that the file is whole. Errors: as `exportLog`, and those of the connection.
 */
export async function exportOverHttp(
  operator: Operator,
  open: () => Promise<ArchiveOutput>,
  { tenant, stopped, report }: ExportOptions,
): Promise<ArchiveTotals> {
  const sent = await operator.bytes('export', { tenant_id: tenant })
  const output = await open()
  const totals = new ArchiveTotals()
  async function* written(): AsyncGenerator<Uint8Array> {
    for await (const bytes of whole(sent)) {
      await output.write(Buffer.from(bytes))
      yield bytes
    }
  }
  try {
    for await (const record of readArchive(written())) {
      totals.add(record.topic, record)
      report(totals.records)
    }
    await output.commit()
    return totals
  } catch (error) {
    await output.discard()
    checkNotInterrupted(stopped, 'nothing was written')
    throw error
  }
}

/** Error: `Unavailable`, where the connection breaks. */
async function* whole(sent: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* sent
  } catch (error) {
    throw error instanceof ExperienceError ? error : brokenOff(error)
  }
}
