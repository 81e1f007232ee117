import { resolve } from 'node:path'
import { readDeadLetterRecord } from '../../consumers/dead-letters/stored-dead-letter.ts'
import { ArchiveWriter } from '../../log/archive/archive-writer.ts'
import { portableValue } from '../../log/archive/portable-value.ts'
import { RegisteredSchemas } from '../../log/archive/registered-schemas.ts'
import type { PartitionOffsets, StoredRecord } from '../../log/event-log.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { OperationsLog } from '../log/operations-log.ts'
import type { OpenLog } from '../../service/wiring/open-log.ts'
import { checkNotInterrupted, withLog, writeLine, type CommandContext } from '../../service/cli/command-context.ts'
import { EXIT } from '../../service/cli/exit-codes.ts'
import { jsonLine } from '../../service/cli/terminal/json-line.ts'
import { openOutput, type Output } from '../../service/cli/terminal/open-output.ts'
import { Progress } from '../../service/cli/terminal/progress.ts'
import { ArchiveTotals } from './archive-totals.ts'
import { exportedTenants, type ExportedTenant } from './exported-topics.ts'

/**
 * Writes the log of a tenant, or of all, as it stands now to a file, or to standard output for `-`: Avro records with position,
 * key, headers and time. Prints topics and totals; for `-` on stderr. Errors: `NotFound`, `InvalidQuery` (the file cannot be
 * written, or exists), `Interrupted`, `Unavailable`, `StorageError`; a file is whole or absent.
 */
export async function exportLog(context: CommandContext, file: string, tenant: string | undefined): Promise<number> {
  return withLog(context, async (open) => {
    const tenants = await exportedTenants(open, tenant)
    const output = await openOutput(context, file)
    let totals: ArchiveTotals
    try {
      totals = await writeTenants(context, open, tenants, output)
      await note(open, file, tenants, totals)
      await output.commit()
    } catch (error) {
      await output.discard()
      throw error
    }
    const answers = file === '-' ? context.stderr : context.stdout
    for (const line of [...totals.topics(), totals.summary(file)]) await writeLine(answers, jsonLine(line))
    return EXIT.done
  })
}

/** In the index of exports, before the file has its name: who erases a tenant must not miss one. */
async function note(
  { log, topics }: OpenLog,
  file: string,
  tenants: readonly ExportedTenant[],
  totals: ArchiveTotals,
): Promise<void> {
  const { records, digest } = totals.summary(file)
  await new OperationsLog(log, topics).append({
    type: 'Exported',
    file: file === '-' ? file : resolve(file),
    topics: tenants.map(({ eventsTopic }) => eventsTopic),
    records,
    digest,
  })
}

async function writeTenants(
  context: CommandContext,
  open: OpenLog,
  tenants: readonly ExportedTenant[],
  output: Output,
): Promise<ArchiveTotals> {
  const all = tenants.flatMap(({ events, deadLetters }) => [...events, ...deadLetters])
  const total = all.reduce((sum, { earliest, next }) => sum + next - earliest, 0n)
  const progress = new Progress(context.stderr, 'exported')
  const totals = new ArchiveTotals()
  const schemas = new RegisteredSchemas(open.registry)
  const archive = new ArchiveWriter((bytes) => output.write(bytes))
  let read = 0
  const write = async (record: StoredRecord): Promise<void> => {
    const { topic, partition, offset, key, headers, timestamp } = record
    const value = await portableValue(record.value, (id) => schemas.find(id))
    const logged = { topic, partition, offset, key, headers, timestamp, value }
    await archive.add(logged)
    totals.add(topic, logged)
  }
  for (const { events, deadLetters } of tenants) {
    for (const partition of [...events, ...deadLetters]) {
      for await (const records of recordsOf(open, partition)) {
        for (const record of records) if (!isMadeAnew(record, events, open)) await write(record)
        read += records.length
        progress.update(read, total)
        checkNotInterrupted(context, 'nothing was written')
      }
    }
  }
  await archive.end()
  progress.end(`${totals.records} records`)
  return totals
}

/** The records of a partition, some at a time. Error: `StorageError` where the log gives fewer than it says that it holds. */
async function* recordsOf(
  { log }: OpenLog,
  { topic, partition, earliest, next }: PartitionOffsets,
): AsyncGenerator<readonly StoredRecord[]> {
  let reached = earliest
  for await (const batch of log.read([{ topic, partition, from: earliest, to: next }])) {
    yield batch.records
    reached = batch.next
  }
  if (reached === next) return
  const message = `the log holds ${topic}/${partition} up to offset ${next}, but gave it up to ${reached} only: was the topic deleted meanwhile?`
  throw new ExperienceError('StorageError', message)
}

/**
 * Whether a projector makes the record by itself wherever the events are: a dead letter of one of them. It would be there twice,
 * and the earlier one name a place that is another's.
 */
function isMadeAnew(record: StoredRecord, events: readonly PartitionOffsets[], { topics }: OpenLog): boolean {
  if (!record.topic.startsWith(topics.topicPrefix('dead-letters'))) return false
  const read = readDeadLetterRecord(record, topics)
  if (read?.kind !== 'letter') return false
  const { topic, partition, offset } = read.position
  return events.some(
    (each) => each.topic === topic && each.partition === partition && each.earliest <= offset && offset < each.next,
  )
}
