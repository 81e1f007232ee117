import { join } from 'node:path'
import { recordBytes } from '../../log/record-size.ts'
import { EventEncoder } from '../../producers/encode-event.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import { producerPerfTest, writePayloads, type ProducerPerfTest } from '../baselines/kafka-producer-perf-test.ts'
import { compare, type Contest } from '../compare.ts'
import { fleetEvents } from '../fleet-events.ts'
import { perSecond } from '../per-second.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 400_000
const EVENTS_FAST = 50_000
const PARTITIONS = 4
/** Events that differ; they are appended again and again, so that the heap holds little that is not the producer's. */
const DIFFERENT_EVENTS = 20_000
/** Of Kafka's program, before the measured ones and again as measured ones: some seconds of each, since a JVM starts slowly. */
const BASELINE_RECORDS = 500_000
/** Calls under way at once, about: as `ingest` has them. */
const GROUP = 4096

/** What is done with an event before it is appended, each with its own measurement. */
const WAYS = {
  'envelopes that are validated already': (producer: EventProducer, { envelope }: ProducedEvent) =>
    producer.append(envelope, { validated: true }),
  'envelopes, validated': (producer: EventProducer, { envelope }: ProducedEvent) => producer.append(envelope),
  'JSON texts, read and validated': (producer: EventProducer, { json }: ProducedEvent) => producer.appendJson(json),
}

/** Of Kafka's Java client since 4.0: linger.ms, batch.size, buffer.memory. */
const KAFKA_DEFAULTS = { lingerMs: 5, batchBytes: 16_384, bufferBytes: 33_554_432 }

interface ProducedEvent {
  readonly envelope: ExperienceEventEnvelope
  /** UTF-8 */
  readonly json: Buffer
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
    const count = context.events ?? (context.isFast ? EVENTS_FAST : EVENTS)
    const events = Array.from(fleetEvents(Math.min(count, DIFFERENT_EVENTS), { tenants: ['fleet'] }), (envelope) => ({
      envelope,
      json: Buffer.from(envelopeToJson(envelope)),
    }))

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

    const contestOf = (way: keyof typeof WAYS): Contest => ({
      measure: `append of ${way}`,
      unit: 'events/s',
      better: 'higher',
      ours: () => rateOf((event) => WAYS[way](producer, event), events, count),
      baselineName: 'kafka-producer-perf-test, batches like ours',
      baseline: () => producerPerfTest(perfTest),
    })
    // A contest for each way, so that none has a fixed place after another.
    for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
      yield await compare(suite.name, contestOf(way), context.runs)
    }
    const json = contestOf('JSON texts, read and validated')
    yield await compare(
      suite.name,
      {
        ...json,
        measure: `${json.measure}, against Kafka's default batches`,
        baselineName: 'kafka-producer-perf-test, its default batches',
        baseline: () => producerPerfTest({ ...perfTest, ...KAFKA_DEFAULTS }),
      },
      context.runs,
    )
    await producer.close()
    await opened.close()
  },
}

const EMPTY_RECORD = { key: '', value: new Uint8Array(), headers: {}, timestamp: Date.now() }

/** Events/s from the first call to the last acknowledgement, of `count` appends. */
async function rateOf(
  append: (event: ProducedEvent) => Promise<unknown>,
  events: readonly ProducedEvent[],
  count: number,
): Promise<number> {
  const startedAt = performance.now()
  let before: Promise<unknown> = Promise.resolve()
  for (let made = 0; made < count; made += GROUP) {
    const length = Math.min(GROUP, count - made)
    const group = Promise.all(Array.from({ length }, (_, index) => append(events[(made + index) % events.length]!)))
    await before
    before = group
  }
  await before
  return perSecond(count, startedAt)
}
