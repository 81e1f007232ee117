import { join } from 'node:path'
import { recordBytes } from '../../log/record-size.ts'
import { EventEncoder } from '../../producers/encode-event.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import { producerPerfTest, writePayloads, type ProducerPerfTest } from '../baselines/kafka-producer-perf-test.ts'
import { pairedRuns } from '../compare.ts'
import { fleetEvents } from '../fleet-events.ts'
import { pairedMeasurement } from '../measurement.ts'
import { perSecond } from '../per-second.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 200_000
const EVENTS_FAST = 50_000
const PARTITIONS = 4
/** Of Kafka's program, before the measured ones and again as measured ones: some seconds of each, since a JVM starts slowly. */
const BASELINE_RECORDS = 500_000
/** Calls under way at once, about: as `ingest` has them. */
const GROUP = 4096

/** What is done with an event before it is appended, each with its own measurement. */
const WAYS = {
  'envelopes that are validated already': (producer, { envelope }) => producer.append(envelope, { validated: true }),
  'envelopes, validated': (producer, { envelope }) => producer.append(envelope),
  'JSON texts, read and validated': (producer, { json }) =>
    producer.append(envelopeFromJson(json), { validated: true }),
} satisfies Record<string, (producer: EventProducer, event: ProducedEvent) => Promise<unknown>>
type Way = keyof typeof WAYS

interface ProducedEvent {
  readonly envelope: ExperienceEventEnvelope
  readonly json: string
}

/**
 * The library's producer in this process, from the call to the acknowledgement, against Kafka's own program: acks of all replicas,
 * idempotent, uncompressed, equal sizes of records, linger and batches, as many partitions. A measured rate of Kafka's program is
 * that of its steady state.
 */
export const suite: Suite = {
  name: 'produce',
  about: 'the producer: validated, encoded, appended and acknowledged, against kafka-producer-perf-test',
  async *measure(context) {
    const stack = await context.stack()
    const settings = readSettings({
      ...serviceEnvironment(stack),
      TOPIC_PREFIX: 'bench-produce',
      TOPIC_PARTITIONS: String(PARTITIONS),
    })
    const opened = await openLog(settings)
    const { log, topics } = opened
    const producer = await openProducer(opened, settings)
    const events = Array.from(
      fleetEvents(context.events ?? (context.isFast ? EVENTS_FAST : EVENTS), { tenants: ['fleet'] }),
      (envelope) => ({ envelope, json: envelopeToJson(envelope) }),
    )

    const encoder = await EventEncoder.create(opened)
    const perfTest: ProducerPerfTest = {
      bootstrapServers: stack.brokers,
      topic: `${topics.prefix}.perf-test`,
      records: BASELINE_RECORDS,
      payloadFile: join(context.directory, 'payloads'),
      lingerMs: settings.PRODUCER_LINGER_MS,
      batchBytes: settings.PRODUCER_BATCH_BYTES,
      bufferBytes: settings.PRODUCER_MAX_IN_FLIGHT_BYTES,
    }
    await writePayloads(
      perfTest.payloadFile,
      events.map(({ envelope }) => recordBytes(encoder.encode(envelope).record) - recordBytes(EMPTY_RECORD)),
    )
    // Creates the topic, with as many partitions.
    await log.append([{ topic: perfTest.topic, record: EMPTY_RECORD }])

    const pairs = await pairedRuns(
      {
        ours: async () => ({
          'envelopes that are validated already': await rateOf(
            producer,
            events,
            'envelopes that are validated already',
          ),
          'envelopes, validated': await rateOf(producer, events, 'envelopes, validated'),
          'JSON texts, read and validated': await rateOf(producer, events, 'JSON texts, read and validated'),
        }),
        baseline: () => producerPerfTest(perfTest),
      },
      context.runs,
    )
    for (const way of Object.keys(WAYS) as Way[]) {
      yield pairedMeasurement(
        {
          suite: suite.name,
          measure: `append of ${way}`,
          unit: 'events/s',
          better: 'higher',
          baselineName: 'kafka-producer-perf-test',
        },
        pairs.map(({ ours, baseline }) => ({ ours: ours[way], baseline })),
      )
    }
    await producer.close()
    await opened.close()
  },
}

const EMPTY_RECORD = { key: '', value: new Uint8Array(), headers: {}, timestamp: Date.now() }

/** Events/s from the first call to the last acknowledgement. */
async function rateOf(producer: EventProducer, events: readonly ProducedEvent[], way: Way): Promise<number> {
  const append = WAYS[way]
  const startedAt = performance.now()
  let before: Promise<unknown> = Promise.resolve()
  for (let at = 0; at < events.length; at += GROUP) {
    const group = Promise.all(events.slice(at, at + GROUP).map((event) => append(producer, event)))
    await before
    before = group
  }
  await before
  return perSecond(events.length, startedAt)
}
