import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { envelopeDecoder, envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { FRAME_BYTES } from '../../schemas/avro/wire-format.ts'
import { transcribeEnvelope } from '../../schemas/transcode/envelope-transcriber.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { plainAvscType } from '../baselines/plain-avsc.ts'
import type { BenchContext } from '../context.ts'
import { cpuRatesInTurn, itemWise, type CpuSides } from '../cpu-turns.ts'
import { collectFleetEvents, type FleetEvents } from '../fleet-events.ts'
import { pairedMeasurement, type Measurement } from '../measurement.ts'
import { rowsOfRecords, storedRecords } from '../record-rows.ts'
import type { Suite } from '../suite.ts'

/** About as many as the projector inserts together. */
const EVENTS = 10_000
/** A side's turn takes some ms. */
const PART = 500
/** Passes over the events for each run: one takes a fifth of a second. */
const PASSES = 4

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
  for (const { measure, baselineName, ...sides } of contests(events)) {
    const labels = { suite: suite.name, measure: `${measure}, ${which}`, baselineName }
    const pairs = await cpuRatesInTurn(sides, PASSES * context.runs)
    yield pairedMeasurement({ ...labels, unit: 'events/s of CPU', better: 'higher' }, pairs)
  }
}

interface CpuContest extends CpuSides {
  readonly measure: string
  readonly baselineName: string
}

function contests(events: FleetEvents): CpuContest[] {
  const { envelopes, jsonTexts, avroBodies } = events
  const avscType = plainAvscType()
  const avscValues = avroBodies.map((body) => avscType.fromBuffer(body) as unknown)
  const plainObjects = jsonTexts.map((text) => JSON.parse(text) as unknown)
  const decodeEnvelope = envelopeDecoder(JSON.stringify(envelopeAvroSchema))
  const records = storedRecords(events)
  const jsonBytes = jsonTexts.map((text) => Buffer.from(text))
  const byParts = { items: jsonTexts.length, part: PART }
  return [
    {
      measure: 'encode envelope to Avro',
      ...byParts,
      ours: itemWise(envelopes, (envelope) => envelopeToAvro(envelope)),
      baselineName: 'avsc toBuffer',
      baseline: itemWise(avscValues, (value) => avscType.toBuffer(value)),
    },
    {
      measure: 'decode Avro to envelope',
      ...byParts,
      ours: itemWise(avroBodies, decodeEnvelope),
      baselineName: 'avsc fromBuffer',
      baseline: itemWise(avroBodies, (body) => avscType.fromBuffer(body)),
    },
    {
      measure: 'read JSON to envelope, exact and checked',
      ...byParts,
      ours: itemWise(jsonTexts, envelopeFromJson),
      baselineName: 'JSON.parse',
      baseline: itemWise(jsonTexts, (text) => JSON.parse(text) as unknown),
    },
    {
      measure: 'JSON to Avro, exact and checked',
      ...byParts,
      ours: itemWise(jsonBytes, (bytes) => transcribeEnvelope(bytes)),
      baselineName: 'JSON.parse',
      baseline: itemWise(jsonTexts, (text) => JSON.parse(text) as unknown),
    },
    {
      measure: 'write envelope to JSON',
      ...byParts,
      ours: itemWise(envelopes, envelopeToJson),
      baselineName: 'JSON.stringify',
      baseline: itemWise(plainObjects, (value) => JSON.stringify(value)),
    },
    {
      measure: 'record to row of ClickHouse',
      items: records.length,
      // A batch of them has a beginning and an end for each topic.
      part: 2 * PART,
      ours: (from, to) => rowsOfRecords(records.slice(from, to)),
      baselineName: 'avsc fromBuffer',
      baseline: itemWise(records, ({ value }) => avscType.fromBuffer(value!.subarray(FRAME_BYTES) as Buffer)),
    },
  ]
}
