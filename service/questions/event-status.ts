import { offset, positionText, type Position } from '../../base/position.ts'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import type { PartitionLag } from '../../consumers/projection-progress.ts'
import { readRecord } from '../../consumers/read-record.ts'
import type { StoredRecord } from '../../log/record.ts'
import { EVENT_ID_HEADER } from '../../log/record-headers.ts'
import { deadLetterPlaces, eventPlaces, type EventPlace, type KnownPlace } from '../../queries/event-places.ts'
import type { QueryContext } from '../../queries/query-context.ts'
import type { Service } from '../wiring/service.ts'

/** What became of a record that the log took. */
export type RecordState = 'projected' | 'accepted' | 'duplicate' | 'dead-letter'

export interface RecordStatus {
  readonly position: string
  /** When the log took it, ISO 8601. */
  readonly accepted_at: string
  readonly state: RecordState
  /** The kind of event, where the tables know it. */
  readonly kind: string | null
  /** The position of the equal event that counts in its place. */
  readonly duplicate_of: string | null
  /** Why it is a dead letter: a word, and in words. */
  readonly reason: string | null
  readonly message: string | null
  readonly field: string | null
}

/** What happened to the records that name an event. */
export interface EventStatus {
  readonly records: readonly RecordStatus[]
  /** Whether all that is not projected yet was looked at. */
  readonly isComplete: boolean
}

/** Whose event is asked about. */
export interface EventAsked {
  readonly id: string
  /** As queries take it. */
  readonly tenant: string | null
  /** The tenant's topic of events; null for all. */
  readonly topic: string | null
}

/** Records with one id that are told of. */
const MOST_RECORDS = 100
/** Records that are looked at for an event that is not projected yet. */
const MOST_LOOKED_AT = 100_000

/** Tells what became of events, by what the tables know and what the log holds. */
export class EventStatuses {
  readonly #service: Service
  readonly #decoders: EnvelopeDecoders

  constructor(service: Service) {
    this.#service = service
    this.#decoders = new EnvelopeDecoders(service.log.registry)
  }

  /**
   * What happened to the records with an id that the tables know, or that are not projected yet. A record that was dropped since an equal
   * event was there is in no table: only its position finds it (`at`). Errors: `Unavailable`, `StorageError`.
   */
  async find(queries: QueryContext, asked: EventAsked): Promise<EventStatus> {
    // The log first: what is projected between the two looks must be seen by one of them.
    const behind = await this.#service.unprojected(asked.tenant)
    const { found, isComplete } = await this.#unprojected(behind, asked)
    const [events, letters] = await Promise.all([
      eventPlaces(queries, { ...asked, most: MOST_RECORDS }),
      deadLetterPlaces(queries, { ...asked, most: MOST_RECORDS }),
    ])
    const known = [
      ...events.map((place) => statusOf(place, 'projected', { kind: place.kind })),
      ...letters.map((place) => statusOf(place, 'dead-letter', wordsOf(place))),
    ]
    const positions = new Set(known.map(({ position }) => position))
    return { records: [...known, ...found.filter(({ position }) => !positions.has(position))], isComplete }
  }

  /** What happened to the record at a position; null where the log holds none there that names the event. */
  async at(queries: QueryContext, asked: EventAsked, position: Position): Promise<RecordStatus | null> {
    const record = await this.#recordAt(position)
    if (record === null) return null
    const read = readRecord(record, await this.#decoders.findFor([record]), this.#service.log.topics)
    const id = read.kind === 'event' ? read.event.envelope.event_id : record.headers[EVENT_ID_HEADER]
    if (id !== asked.id) return null
    const place = placeOf(record)
    if (isBehind(await this.#service.unprojected(asked.tenant), position)) return statusOf(place, 'accepted')
    if (read.kind === 'bad') return statusOf(place, 'dead-letter', wordsOf(read))
    const events = await eventPlaces(queries, { ...asked, most: MOST_RECORDS })
    const own = events.find((each) => positionOf(each) === positionText(position))
    if (own !== undefined) return statusOf(place, 'projected', { kind: own.kind })
    const content = numberOf(read.event.digest)
    const equal = events.find((each) => each.topic === position.topic && each.content === content)
    return equal === undefined
      ? statusOf(place, 'accepted')
      : statusOf(place, 'duplicate', { kind: equal.kind, duplicate_of: positionOf(equal) })
  }

  async #recordAt({ topic, partition, offset: at }: Position): Promise<StoredRecord | null> {
    const { log } = this.#service.log
    const bounds = (await log.offsets([topic])).find((each) => each.partition === partition)
    if (bounds === undefined || at < bounds.earliest || at >= bounds.next) return null
    for await (const { records } of log.read([{ topic, partition, from: at, to: offset(at + 1n) }])) {
      const record = records.find((each) => each.offset === at)
      if (record !== undefined) return record
    }
    return null
  }

  /** The records with the id among those that are not projected yet. */
  async #unprojected(
    behind: readonly PartitionLag[],
    { id }: EventAsked,
  ): Promise<{ readonly found: readonly RecordStatus[]; readonly isComplete: boolean }> {
    let left = BigInt(MOST_LOOKED_AT)
    const ranges = behind.flatMap(({ topic, partition, projectedTo: from, lag }) => {
      const length = lag < left ? lag : left
      left -= length
      return length === 0n ? [] : [{ topic, partition, from, to: offset(from + length) }]
    })
    const found: RecordStatus[] = []
    for await (const { records } of this.#service.log.log.read(ranges)) {
      for (const record of records)
        if (record.headers[EVENT_ID_HEADER] === id && found.length < MOST_RECORDS)
          found.push(statusOf(placeOf(record), 'accepted'))
    }
    const all = behind.reduce((sum, { lag }) => sum + lag, 0n)
    return { found, isComplete: all <= BigInt(MOST_LOOKED_AT) }
  }
}

function isBehind(behind: readonly PartitionLag[], { topic, partition, offset: at }: Position): boolean {
  return behind.some((each) => each.topic === topic && each.partition === partition && each.projectedTo <= at)
}

function statusOf(place: KnownPlace, state: RecordState, details: Partial<RecordStatus> = {}): RecordStatus {
  const accepted_at = new Date(Number(place.taken_ms)).toISOString()
  const none = { kind: null, duplicate_of: null, reason: null, message: null, field: null }
  return { position: positionOf(place), accepted_at, state, ...none, ...details }
}

function wordsOf({ reason, message, field }: Words): Words {
  return { reason, message, field }
}

interface Words {
  readonly reason: string
  readonly message: string
  readonly field: string | null
}

function placeOf({ topic, partition, offset: at, timestamp }: StoredRecord): KnownPlace {
  return { topic, partition, offset: at.toString(), taken_ms: String(Math.trunc(timestamp)) }
}

function positionOf({ topic, partition, offset: at }: Pick<EventPlace, 'topic' | 'partition' | 'offset'>): string {
  return positionText({ topic, partition, offset: offset(at) })
}

/** The digest as ClickHouse prints it: its first byte is the least significant. */
function numberOf(digest: Uint8Array): string {
  return BigInt(`0x${Buffer.from(digest.toReversed()).toString('hex')}`).toString()
}
