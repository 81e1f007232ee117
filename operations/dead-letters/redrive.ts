import { originalRecord } from '../../consumers/dead-letters/original-record.ts'
import { ownHeaders } from '../../consumers/dead-letters/dead-letter-record.ts'
import type { StoredDeadLetter } from '../../consumers/dead-letters/stored-dead-letter.ts'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { readRecord } from '../../consumers/read-record.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import { recordBytes } from '../../log/record-size.ts'
import { SEQUENCE_HEADER } from '../../log/record-headers.ts'
import type { Stamp } from '../../producers/append-clock.ts'
import { EventEncoder } from '../../producers/encode-event.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import type { TenantLog } from '../../log/tenant-log.ts'

/** A dead letter as an event that can be appended, or why it still is none. */
export type Redriven =
  | { readonly kind: 'event'; readonly eventId: string; readonly request: AppendRequest }
  | { readonly kind: 'refused'; readonly reason: string; readonly field: string | null; readonly message: string }

/** Makes events of dead letters, with the schemas and rules of today. */
export class Redrive {
  readonly #open: TenantLog
  readonly #encoder: EventEncoder
  readonly #decoders: EnvelopeDecoders

  private constructor(open: TenantLog, encoder: EventEncoder) {
    this.#open = open
    this.#encoder = encoder
    this.#decoders = new EnvelopeDecoders(open.registry)
  }

  /** Errors: `Unavailable`, `StorageError` (the registry refuses the schema). */
  static async create(open: TenantLog): Promise<Redrive> {
    return new Redrive(open, await EventEncoder.create(open))
  }

  /**
   * Reads the bad record again. An event keeps the time at which the log took the bad record: where its own time cannot be
   * read, that one stands in for it.
   */
  async again(letter: StoredDeadLetter): Promise<Redriven> {
    const { log, topics } = this.#open
    const original = await originalRecord(log, letter)
    if (original === null) return refused('NotHeld', 'the log no longer holds the record: give the event with --event')
    const read = readRecord(original, await this.#decoders.findFor([original]), topics)
    if (read.kind === 'event') return this.#event(letter, read.event.envelope, original)
    // Nobody but the operator can tell whose event it is: one tenant's must not get to another by a retry of all.
    const advice = read.reason === 'WrongTopic' ? ': --event with the envelope puts it where its tenant_id says' : ''
    return refused(read.reason, read.message + advice, read.field)
  }

  /**
   * Takes a corrected envelope for the bad record. It must be of the topic's tenant, unless the record was put into another
   * tenant's topic by mistake.
   */
  async corrected(letter: StoredDeadLetter, envelope: ExperienceEventEnvelope, now: number): Promise<Redriven> {
    const { topic } = letter.position
    if (letter.reason !== 'WrongTopic' && this.#encoder.topicOf(envelope.tenant_id) !== topic) {
      const message = `tenant_id: the corrected event is not of the tenant of ${topic}, where the bad record stands`
      return refused('WrongTopic', message, 'tenant_id')
    }
    return this.#event(letter, envelope, { timestamp: now, sequence: 0 })
  }

  async #event(letter: StoredDeadLetter, envelope: ExperienceEventEnvelope, stamp: Stamp): Promise<Redriven> {
    const { topic, record } = this.#encoder.encode(envelope, stamp)
    const { [SEQUENCE_HEADER]: _, ...own } = ownHeaders(letter.record.headers)
    const request = { topic, record: { ...record, headers: { ...own, ...record.headers } } }
    const [bytes, limit] = [recordBytes(request.record), await this.#open.log.maxRecordBytes(topic)]
    if (bytes > limit) {
      return refused('TooLarge', `event: takes ${bytes} bytes in the log, and the limit is ${limit}`, 'event')
    }
    return { kind: 'event', eventId: envelope.event_id, request }
  }
}

function refused(reason: string, message: string, field: string | null = null): Redriven {
  return { kind: 'refused', reason, field, message }
}
