import type { Position } from '../../base/position.ts'
import { envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { eventDataToJson } from '../../schemas/json/envelope-json.ts'
import { DetailReader, type DetailSink } from './detail-reader.ts'
import { eventColumns, type EventRow } from './event-columns.ts'
import { eventDetails } from './event-details.ts'
import { withinDateTime64 } from './date-time-64.ts'

/** What the row says beside the envelope: all of it is known to who read the event from the log. */
export interface LoggedEvent extends Position {
  readonly envelope: ExperienceEventEnvelope
  /** Nanoseconds since the epoch; what lies outside 1900 to 2262 is brought to the nearer end. */
  readonly instant: bigint
  readonly instantSource: 'text' | 'log'
  /** Digest of the content, 16 bytes. */
  readonly digest: Uint8Array
  /** When the log took the event, ms since the epoch. */
  readonly loggedAt: number
  /** Its place among what its producer appended in that ms. */
  readonly sequence: number
}

/** The row of an event as an object: what the table of events says of it. Pure: the same event gives the same row. */
export function eventRow(logged: LoggedEvent): EventRow {
  const { envelope } = logged
  return {
    ...noDetails,
    ...details.of(envelope),
    tenant_id: envelope.tenant_id ?? '',
    instant: withinDateTime64(logged.instant),
    instant_source: logged.instantSource,
    event_id: envelope.event_id,
    occurred_at: envelope.occurred_at,
    correlation_id: envelope.correlation_id,
    kind: envelope.event.type,
    digest: logged.digest,
    topic: logged.topic,
    partition: logged.partition,
    offset: logged.offset,
    logged_at: logged.loggedAt,
    sequence: logged.sequence,
    payload: eventDataToJson(envelope.event),
  }
}

const noDetails = Object.fromEntries(Object.keys(eventColumns).map((name) => [name, null])) as unknown as EventRow

/** Reads the details of events as JavaScript values. */
class DetailValues {
  #values: Record<string, unknown> = {}
  readonly #reader = new DetailReader(eventDetails, (name) => this.#sinkOf(name))

  of(envelope: ExperienceEventEnvelope): Partial<EventRow> {
    this.#values = {}
    this.#reader.printer.read(envelopeToAvro(envelope), 0)
    this.#reader.give(0)
    return this.#values
  }

  #sinkOf(name: string): DetailSink {
    const set = (value: unknown): void => {
      this.#values[name] = value
    }
    return {
      text: (_, source, start, end) => set(Buffer.from(source.subarray(start, end)).toString()),
      words: (words) => (_, place) => set(words[place]),
      boolean: (_, value) => set(value),
      integer32: (_, value) => set(value >>> 0),
      integer64: (_, low, high) => set((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)),
      float: (_, value) => set(value),
    }
  }
}

const details = new DetailValues()
