import { partitionText, type Offset } from '../../base/position.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { checkNotInterrupted } from '../../base/interruption.ts'
import { untilAborted } from '../../base/waiting.ts'
import { readDeadLetterRecord } from '../../consumers/dead-letters/stored-dead-letter.ts'
import { ArchiveWriter } from '../../log/archive/archive-writer.ts'
import { portableValue } from '../../log/archive/portable-value.ts'
import { RegisteredSchemas } from '../../log/archive/registered-schemas.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { RecordBatch, StoredRecord } from '../../log/record.ts'
import { readInOrder } from '../../log/read-in-order.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { OperationsLog } from '../log/operations-log.ts'
import { ArchiveTotals } from './archive-totals.ts'
import { exportedTenants, type ExportedTenant } from './exported-topics.ts'

/** Where an export goes: all of it, or nothing. */
export interface ArchiveOutput {
  /** What the index of exports calls it: an absolute path, or `-` for what nobody can find again. */
  readonly name: string
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>
  /** Makes what was written durable, and shows it under its name. */
  commit(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

export interface ExportOptions {
  /** Null for all tenants and the events without one. */
  readonly tenant: string | null
  /** Who exports, as in `OperationsLog`. Default: the user of this process. */
  readonly by?: string
  readonly stopped: AbortSignal
  /** Told now and then how many records of how many were read. */
  readonly report: (read: number, total: bigint) => void
}

/**
 * Writes the log of a tenant, or of all, as it stands now: Avro records with position, key, headers and time. The output is opened
 * once it is known what there is to write. Errors: `NotFound` (no such tenant), `Interrupted`, `Unavailable`, `StorageError`, and
 * those of the output, which is then discarded.
 */
export async function exportLog(
  from: TenantLog,
  open: () => Promise<ArchiveOutput>,
  options: ExportOptions,
): Promise<ArchiveTotals> {
  const tenants = await exportedTenants(from, options.tenant)
  const output = await open()
  try {
    const totals = await writeTenants(from, tenants, output, options)
    await note(from, output.name, tenants, totals, options.by)
    await output.commit()
    return totals
  } catch (error) {
    await output.discard()
    throw error
  }
}

/** Topics of one operation: names of 249 characters make half of what a record may hold. */
const NOTED_TOGETHER = 2000

/** In the index of exports, before the file has its name: who erases a tenant must not miss one. */
async function note(
  { log, topics }: TenantLog,
  file: string,
  tenants: readonly ExportedTenant[],
  totals: ArchiveTotals,
  by: string | undefined,
): Promise<void> {
  const { records, digest } = totals.summary(file)
  const operations = new OperationsLog(log, topics, by)
  const names = tenants.map(({ eventsTopic }) => eventsTopic)
  for (let start = 0; start === 0 || start < names.length; start += NOTED_TOGETHER) {
    const continues = start === 0 ? {} : ({ continues: true } as const)
    const noted = names.slice(start, start + NOTED_TOGETHER)
    await operations.append({ type: 'Exported', file, topics: noted, records, digest, ...continues })
  }
}

async function writeTenants(
  from: TenantLog,
  tenants: readonly ExportedTenant[],
  output: ArchiveOutput,
  { stopped, report }: ExportOptions,
): Promise<ArchiveTotals> {
  const partitions = tenants.flatMap(({ events, deadLetters }) => [...events, ...deadLetters])
  const total = partitions.reduce((sum, { earliest, next }) => sum + next - earliest, 0n)
  const eventsOf = new Map(tenants.flatMap(eventsByTopic))
  const totals = new ArchiveTotals()
  const schemas = new RegisteredSchemas(from.registry)
  const archive = new ArchiveWriter((bytes) => output.write(bytes))
  let read = 0
  const write = async (record: StoredRecord): Promise<void> => {
    const { topic, partition, offset, key, headers, timestamp } = record
    const value = await portableValue(record.value, (id) => schemas.find(id))
    const logged = { topic, partition, offset, key, headers, timestamp, value }
    await archive.add(logged)
    totals.add(topic, logged)
  }
  for await (const { topic, records } of untilAborted(recordsOf(from, partitions), stopped)) {
    const events = eventsOf.get(topic) ?? []
    for (const record of records) if (!isMadeAnew(record, events, from)) await write(record)
    read += records.length
    report(read, total)
  }
  checkNotInterrupted(stopped, 'nothing was written')
  await archive.end()
  return totals
}

/** A tenant's events, by each topic of its own. */
function eventsByTopic({ events, deadLetters }: ExportedTenant): (readonly [string, readonly PartitionOffsets[]])[] {
  return [...events, ...deadLetters].map(({ topic }) => [topic, events])
}

/** The records of partitions, one after the other. Error: `StorageError` where the log gives fewer than it says that it holds. */
async function* recordsOf({ log }: TenantLog, partitions: readonly PartitionOffsets[]): AsyncGenerator<RecordBatch> {
  const reached = new Map<string, Offset>()
  const ranges = partitions.map(({ topic, partition, earliest, next }) => ({
    topic,
    partition,
    from: earliest,
    to: next,
  }))
  for await (const batch of readInOrder(log, ranges)) {
    yield batch
    reached.set(partitionText(batch), batch.next)
  }
  for (const range of ranges) {
    const { from, to } = range
    const end = reached.get(partitionText(range)) ?? from
    if (end === to) continue
    const message = `the log holds ${partitionText(range)} up to offset ${to}, but gave it up to ${end} only: was the topic deleted meanwhile?`
    throw new ExperienceError('StorageError', message)
  }
}

/**
 * Whether a projector makes the record by itself wherever the events are: a dead letter of one of them. It would be there twice,
 * and the earlier one name a place that is another's.
 */
function isMadeAnew(record: StoredRecord, events: readonly PartitionOffsets[], { topics }: TenantLog): boolean {
  if (!record.topic.startsWith(topics.topicPrefix('dead-letters'))) return false
  const read = readDeadLetterRecord(record, topics)
  if (read?.kind !== 'letter') return false
  const { topic, partition, offset } = read.position
  return events.some(
    (each) => each.topic === topic && each.partition === partition && each.earliest <= offset && offset < each.next,
  )
}
