import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { envelopeDecoder, envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { FRAME_BYTES } from '../../schemas/avro/wire-format.ts'
import { transcribeEnvelope } from '../../schemas/transcode/envelope-transcriber.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { plainAvscType } from '../baselines/plain-avsc.ts'
import { compare, type Contest } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { itemsPerCpuSecond, perCpuSecond } from '../cpu-rate.ts'
import { collectFleetEvents, type FleetEvents } from '../fleet-events.ts'
import type { Measurement } from '../measurement.ts'
import { rowsOfRecords, storedRecords } from '../record-rows.ts'
import type { Suite } from '../suite.ts'

/** About as many as the projector inserts together. */
const EVENTS = 10_000

export const suite: Suite = {
  name: 'codec',
  about: 'JSON, Avro and rows of ClickHouse, in one thread, against the bare libraries on the same events',
  async *measure(context) {
    const count = context.events ?? EVENTS
    yield* measureWith(context, 'all kinds', collectFleetEvents(count))
    // The guard needs no more: what slows down the commonest kind slows down all of them together.
    if (context.isFast) return
    const outcomes = collectFleetEvents(count, ({ event }) => event.type === 'OutcomeRecorded')
    yield* measureWith(context, 'outcomes', outcomes)
  },
}

async function* measureWith(context: BenchContext, which: string, events: FleetEvents): AsyncGenerator<Measurement> {
  for (const contest of contests(events)) {
    const measure = `${contest.measure}, ${which}`
    yield await compare(suite.name, { ...contest, measure, unit: 'events/s of CPU', better: 'higher' }, context.runs)
  }
}

function contests(events: FleetEvents): Omit<Contest, 'unit' | 'better'>[] {
  const { envelopes, jsonTexts, avroBodies } = events
  const avscType = plainAvscType()
  const avscValues = avroBodies.map((body) => avscType.fromBuffer(body) as unknown)
  const plainObjects = jsonTexts.map((text) => JSON.parse(text) as unknown)
  const decodeEnvelope = envelopeDecoder(JSON.stringify(envelopeAvroSchema))
  const records = storedRecords(events)
  const jsonBytes = jsonTexts.map((text) => Buffer.from(text))
  return [
    {
      measure: 'encode envelope to Avro',
      ours: () => itemsPerCpuSecond(envelopes, (envelope) => envelopeToAvro(envelope)),
      baselineName: 'avsc toBuffer',
      baseline: () => itemsPerCpuSecond(avscValues, (value) => avscType.toBuffer(value)),
    },
    {
      measure: 'decode Avro to envelope',
      ours: () => itemsPerCpuSecond(avroBodies, decodeEnvelope),
      baselineName: 'avsc fromBuffer',
      baseline: () => itemsPerCpuSecond(avroBodies, (body) => avscType.fromBuffer(body)),
    },
    {
      measure: 'read JSON to envelope, exact and checked',
      ours: () => itemsPerCpuSecond(jsonTexts, envelopeFromJson),
      baselineName: 'JSON.parse',
      baseline: () => itemsPerCpuSecond(jsonTexts, (text) => JSON.parse(text) as unknown),
    },
    {
      measure: 'JSON to Avro, exact and checked',
      ours: () => itemsPerCpuSecond(jsonBytes, (bytes) => transcribeEnvelope(bytes)),
      baselineName: 'JSON.parse',
      baseline: () => itemsPerCpuSecond(jsonTexts, (text) => JSON.parse(text) as unknown),
    },
    {
      measure: 'write envelope to JSON',
      ours: () => itemsPerCpuSecond(envelopes, envelopeToJson),
      baselineName: 'JSON.stringify',
      baseline: () => itemsPerCpuSecond(plainObjects, (value) => JSON.stringify(value)),
    },
    {
      measure: 'record to row of ClickHouse',
      ours: () => perCpuSecond(records.length, () => rowsOfRecords(records)),
      baselineName: 'avsc fromBuffer',
      baseline: () =>
        itemsPerCpuSecond(records, ({ value }) => avscType.fromBuffer(value!.subarray(FRAME_BYTES) as Buffer)),
    },
  ]
}
