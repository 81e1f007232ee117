import type { Dependencies } from '../dependencies.ts'
import type { Offset } from '../../base/position.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { StoredRecord } from '../../log/record.ts'
import type { Selection } from '../../consumers/selection.ts'
import { readRecord } from '../../consumers/read-record.ts'
import type { DeadLetterAt, EventAt } from './compare-chunk.ts'
import { deadLetterTerm, measuresOf } from './event-measures.ts'

/** What the log holds of the offsets `[first, next)` of a partition. */
export interface LogChunk {
  readonly first: Offset
  readonly next: Offset
  readonly events: readonly EventAt[]
  readonly deadLetters: readonly DeadLetterAt[]
  /** The records of the events, by offset. */
  readonly eventRecords: ReadonlyMap<bigint, StoredRecord>
}

interface LogParts extends Pick<Dependencies, 'log' | 'topics' | 'decoders'> {
  /** What to read. Default: everything. */
  readonly selection?: Selection
}

/** Each chunk asks the table once, which looks through the whole tenant for it; a thousand events take about 1 MB here. */
const RECORDS_A_CHUNK = 25_000

/** Reads a partition in chunks that join up, and together cover it even where the log fails to deliver. */
export async function* logChunks(
  { log, topics, decoders, selection }: LogParts,
  { topic, partition, earliest, next }: PartitionOffsets,
): AsyncGenerator<LogChunk> {
  let first = earliest
  let events: EventAt[] = []
  let deadLetters: DeadLetterAt[] = []
  let eventRecords = new Map<bigint, StoredRecord>()
  for await (const batch of log.read([{ topic, partition, from: earliest, to: next }])) {
    const found = await decoders.findFor(batch.records)
    for (const record of batch.records) {
      const read = readRecord(record, found, topics)
      if (read.kind === 'bad') {
        if (selection?.takesDeadLetter(read) !== false)
          deadLetters.push({ offset: record.offset, content: deadLetterTerm(record) })
      } else if (selection?.takesEvent(read.event) !== false) {
        events.push({ offset: record.offset, event: measuresOf(read.event) })
        eventRecords.set(record.offset, record)
      }
    }
    if (events.length + deadLetters.length < RECORDS_A_CHUNK) continue
    yield { first, next: batch.next, events, deadLetters, eventRecords }
    first = batch.next
    events = []
    deadLetters = []
    eventRecords = new Map()
  }
  if (first < next) yield { first, next, events, deadLetters, eventRecords }
}
