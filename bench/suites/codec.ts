import { envelopeAvroSchema } from '../../schemas/avro/avro-schema.ts'
import { envelopeDecoder, envelopeToAvro } from '../../schemas/avro/envelope-avro.ts'
import { FRAME_BYTES } from '../../schemas/avro/wire-format.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { plainAvscType } from '../baselines/plain-avsc.ts'
import { compare, type Contest } from '../compare.ts'
import type { BenchContext } from '../context.ts'
import { cpuRate, itemsPerCpuSecond } from '../cpu-rate.ts'
import { collectFleetEvents, type FleetEvents } from '../fleet-events.ts'
import type { Measurement } from '../measurement.ts'
import { rowsOfRecords, storedRecords } from '../record-rows.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 20_000

/** Records of one insert of the projector, about. */
const ROWS_PER_BLOCK = 10_000

export const suite: Suite = {
  name: 'codec',
  about: 'JSON, Avro and rows of ClickHouse, in one thread, against the bare libraries on the same events',
  async *measure(context) {
    const count = context.events ?? EVENTS
    yield* measureWith(context, 'all kinds', collectFleetEvents(count))
    yield* measureWith(
      context,
      'outcomes',
      collectFleetEvents(count, ({ event }) => event.type === 'OutcomeRecorded'),
    )
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
  return [
    {
      measure: 'encode envelope to Avro',
      ours: async () => itemsPerCpuSecond(envelopes, envelopeToAvro),
      baselineName: 'avsc toBuffer',
      baseline: async () => itemsPerCpuSecond(avscValues, (value) => avscType.toBuffer(value)),
    },
    {
      measure: 'decode Avro to envelope',
      ours: async () => itemsPerCpuSecond(avroBodies, decodeEnvelope),
      baselineName: 'avsc fromBuffer',
      baseline: async () => itemsPerCpuSecond(avroBodies, (body) => avscType.fromBuffer(body)),
    },
    {
      measure: 'read JSON to envelope, exact and checked',
      ours: async () => itemsPerCpuSecond(jsonTexts, envelopeFromJson),
      baselineName: 'JSON.parse',
      baseline: async () => itemsPerCpuSecond(jsonTexts, (text) => JSON.parse(text) as unknown),
    },
    {
      measure: 'write envelope to JSON',
      ours: async () => itemsPerCpuSecond(envelopes, envelopeToJson),
      baselineName: 'JSON.stringify',
      baseline: async () => itemsPerCpuSecond(plainObjects, (value) => JSON.stringify(value)),
    },
    {
      measure: 'record to row of ClickHouse',
      ours: async () => {
        const rate = cpuRate()
        for (let at = 0; at < records.length; at += ROWS_PER_BLOCK) {
          await rowsOfRecords(records.slice(at, at + ROWS_PER_BLOCK))
        }
        return rate(records.length)
      },
      baselineName: 'avsc fromBuffer',
      baseline: async () =>
        itemsPerCpuSecond(records, ({ value }) => avscType.fromBuffer(value!.subarray(FRAME_BYTES) as Buffer)),
    },
  ]
}
