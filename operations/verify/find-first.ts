import type { Dependencies } from '../dependencies.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { Selection } from '../../consumers/selection.ts'
import { compareDeadLetters, compareEvents, type DeadLetterAt, type EventAt, type Fault } from './compare-chunk.ts'
import type { FirstDifference } from './difference.ts'
import { DigestSet } from './digest-set.ts'
import { deadLetterTerm } from './event-measures.ts'
import { logChunks } from './log-chunks.ts'
import { deadLettersIn, eventsIn, findStored } from './table-chunks.ts'

export interface FindParts extends Pick<Dependencies, 'log' | 'topics' | 'decoders' | 'store'> {
  readonly generation: Generation
  /** What of the log the tables are to hold. Default: everything. */
  readonly selection?: Selection
}

/** Which tables to search. */
export interface Wanted {
  readonly events: boolean
  readonly deadLetters: boolean
}

export interface Firsts {
  readonly events: FirstDifference | null
  readonly deadLetters: FirstDifference | null
}

/**
 * Finds, in a topic whose totals differ, the first event and the first dead letter at fault: the smallest (partition, offset).
 * Reads the log a second time, beside the rows of the same offsets, up to what it looks for. An event that the log has
 * several times may be stored at any of its places: only a second row of it is a fault.
 */
export async function findFirst(
  parts: FindParts,
  partitions: readonly PartitionOffsets[],
  wanted: Wanted,
): Promise<Firsts> {
  const { store, generation } = parts
  const stored = new DigestSet()
  let events: FirstDifference | null = null
  let deadLetters: FirstDifference | null = null
  const isDone = (): boolean => (!wanted.events || events !== null) && (!wanted.deadLetters || deadLetters !== null)

  for (const bounds of partitions.toSorted((left, right) => left.partition - right.partition)) {
    if (isDone()) break
    for await (const chunk of logChunks(parts, bounds)) {
      const range = { ...bounds, earliest: chunk.first, next: chunk.next }
      if (wanted.events && events === null) {
        const rows = await eventsIn(store, generation, range)
        events = firstOf('events', bounds, await eventFault(parts, partitions, chunk.events, rows, stored))
      }
      if (wanted.deadLetters && deadLetters === null) {
        const rows: DeadLetterAt[] = await deadLettersIn(store, generation, range)
        const contentOfEventAt = (offset: bigint): bigint | undefined => {
          const record = chunk.eventRecords.get(offset)
          return record === undefined ? undefined : deadLetterTerm(record)
        }
        deadLetters = firstOf('dead_letters', bounds, compareDeadLetters(chunk.deadLetters, rows, contentOfEventAt))
      }
      if (isDone()) break
    }
  }
  return { events, deadLetters }
}

async function eventFault(
  { store, generation }: FindParts,
  partitions: readonly PartitionOffsets[],
  logged: readonly EventAt[],
  rows: readonly EventAt[],
  stored: DigestSet,
): Promise<Fault | null> {
  const { fault, unmatched } = compareEvents(logged, rows, stored)
  // What is not stored at its own place may be stored where the log has it again.
  for (let start = 0; start < unmatched.length; start += LOOKED_UP_AT_ONCE) {
    const asked = unmatched.slice(start, start + LOOKED_UP_AT_ONCE)
    const found = await findStored(
      store,
      generation,
      partitions,
      asked.map(({ event }) => event),
    )
    const missing = asked.find(({ event }) => !found.has(event.low, event.high))
    if (missing !== undefined) return { offset: missing.offset, what: 'missing', event: missing.event }
  }
  return fault
}

/** 21 bytes each keep the statement below ClickHouse's default `max_query_size` of 256 KiB. */
const LOOKED_UP_AT_ONCE = 10_000

function firstOf(
  table: FirstDifference['table'],
  { topic, partition }: PartitionOffsets,
  fault: Fault | null,
): FirstDifference | null {
  if (fault === null) return null
  const { offset, what, event } = fault
  const named = event === null ? {} : { event_id: event.eventId, kind: event.kind }
  return { table, topic, partition, offset: offset.toString(), ...named, what }
}
