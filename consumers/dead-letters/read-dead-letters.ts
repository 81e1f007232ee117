import type { TopicPartition } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import { readInOrder } from '../../log/read-in-order.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { deadLetterId } from './dead-letter-id.ts'
import { readDeadLetterRecord, type StoredDeadLetter, type StoredResolution } from './stored-dead-letter.ts'

/** A dead letter, and what became of it; null while it is open. */
export interface DeadLetter {
  readonly id: string
  readonly letter: StoredDeadLetter
  readonly resolution: StoredResolution | null
}

/**
 * The dead letters of dead-letter topics as they stand now, each once: they are appended at least once, and again by every
 * rebuild. They come in the order of their topics' names, and of one topic in the order in which they were put there. What is
 * resolved stays so, whatever comes after; the first resolution counts. The topics are read twice, so that their bytes need not
 * be held. Errors: `Unavailable`, `StorageError`.
 */
export async function* readDeadLetters(
  log: EventLog,
  topics: TenantTopics,
  names: readonly string[],
): AsyncGenerator<DeadLetter, void> {
  const held = (await log.offsets(names)).toSorted(compareNames)
  const ranges = held.map(({ topic, partition, earliest, next }) => ({ topic, partition, from: earliest, to: next }))
  const resolutions = await resolutionsIn(log.read(ranges), topics)
  const seen = new Set<string>()
  for await (const { records } of readInOrder(log, ranges)) {
    for (const record of records) {
      const letter = readDeadLetterRecord(record, topics)
      if (letter?.kind !== 'letter') continue
      const id = deadLetterId(letter.position)
      if (seen.has(id)) continue
      seen.add(id)
      yield { id, letter, resolution: resolutions.get(id) ?? null }
    }
  }
}

function compareNames(left: TopicPartition, right: TopicPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1
  return left.partition - right.partition
}

async function resolutionsIn(
  batches: AsyncIterable<RecordBatch>,
  topics: TenantTopics,
): Promise<Map<string, StoredResolution>> {
  const resolutions = new Map<string, StoredResolution>()
  for await (const { records } of batches) {
    for (const record of records) {
      const read = readDeadLetterRecord(record, topics)
      if (read?.kind !== 'resolution') continue
      const id = deadLetterId(read.position)
      if (!resolutions.has(id)) resolutions.set(id, read)
    }
  }
  return resolutions
}
