import { setImmediate } from 'node:timers/promises'
import { ExperienceError } from '../../../base/experience-error.ts'
import { asExperienceError } from '../../../producers/append-call.ts'
import { envelopeFromAvro, notFramed } from '../../../producers/avro-envelope.ts'
import type { EncodedEvents, EventProducer } from '../../../producers/event-producer.ts'
import { ofTenant } from '../../../producers/of-tenant.ts'
import { schemaIdOf } from '../../../schemas/avro/wire-format.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { decodeUtf8 } from '../../../schemas/json/decode-utf8.ts'
import { envelopeFromJson } from '../../../schemas/json/envelope-json.ts'
import { OffsetRanges } from '../../ingest/offset-ranges.ts'
import { httpErrorOf, type HttpError } from '../http-error.ts'
import type { IngestOutcome } from './ingest-answer.ts'
import { RefusedEvents } from './refused-events.ts'

/** Events after which others have their turn. */
const EVENTS_A_TURN = 500

export interface AtomicEvents {
  readonly events: EncodedEvents
  /** The line of each; null where events do not stand on lines. */
  readonly lines: readonly number[] | null
  readonly tenant: string | null
}

/** Appends all of the events or none. None is appended when one is at fault, and each that is gets told of. */
export async function takeAtomic(producer: EventProducer, asked: AtomicEvents): Promise<IngestOutcome> {
  const { events, lines, tenant } = asked
  const appended = new OffsetRanges()
  const faults = new RefusedEvents()
  const refuse = (index: number, error: ExperienceError): void =>
    faults.add({ index, line: lines?.[index] ?? null }, error)

  const envelopes: ExperienceEventEnvelope[] = []
  for (let index = 0; index < events.list.length; index++) {
    if (index % EVENTS_A_TURN === EVENTS_A_TURN - 1) await setImmediate()
    try {
      envelopes.push(ofTenant(envelopeOf(events, index), tenant))
    } catch (error) {
      refuse(index, asExperienceError(error))
    }
  }
  let failure: HttpError | null = null
  if (faults.count === 0) {
    try {
      for (const position of await producer.appendMany(envelopes, { atomic: true, validated: true })) {
        appended.add(position)
      }
      return { accepted: envelopes.length, refused: faults, appended, failure }
    } catch (error) {
      const index = listedIndex(error)
      if (index === null) failure = httpErrorOf(error)
      else refuse(index, (error as ExperienceError).cause as ExperienceError)
    }
  }
  faults.refuseOthers(events.list.length)
  return { accepted: 0, refused: faults, appended, failure }
}

function envelopeOf(events: EncodedEvents, index: number): ExperienceEventEnvelope {
  const bytes = events.list[index]!
  if (events.form === 'json') return envelopeFromJson(decodeUtf8(bytes))
  const schemaId = schemaIdOf(bytes)
  if (schemaId === null) throw notFramed()
  return envelopeFromAvro(bytes, schemaId, events.decoderOf(schemaId))
}

/** Which event of a list the producer names as faulty; null if it names none. */
function listedIndex(error: unknown): number | null {
  if (!(error instanceof ExperienceError) || !(error.cause instanceof ExperienceError)) return null
  const index = /^events\[(\d+)\]/.exec(error.field ?? '')?.[1]
  return index === undefined ? null : Number(index)
}
