import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { readRecord } from '../../consumers/read-record.ts'
import { offset } from '../../base/position.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { EventEncoder } from '../../producers/encode-event.ts'
import type { EventRow } from '../../projections/events/event-columns.ts'
import { eventRow } from '../../projections/events/event-row.ts'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { fleetEvents } from '../fleet-events.ts'
import { flatRecord, type RecordShape } from './flat-record.ts'

/** One tenant, so that all events are in one topic, as those that the Kafka engine reads. */
const TENANT = 'fleet'
const EVENTS_PER_APPEND = 2000

/** The same events in topics of their own: as we write them, and as the Kafka engine likes them best. */
export interface EventTopics {
  /** `KAFKA_BROKERS`, `TOPIC_PREFIX` and so on, for whoever reads ours. */
  readonly environment: Readonly<Record<string, string>>
  readonly events: number
  readonly partitions: number
  readonly flatTopics: Readonly<Record<RecordShape, string>>
  /** Average bytes of a record's value. */
  readonly bytes: Readonly<Record<RecordShape | 'ours', number>>
}

/** Fills the topics. Equal events have equal keys and times, and so equal places. */
export async function fillEventTopics(
  environment: Readonly<Record<string, string>>,
  events: number,
  partitions: number,
): Promise<EventTopics> {
  const prefix = `bench-${partitions}`
  const ownEnvironment = { ...environment, TOPIC_PREFIX: prefix, TOPIC_PARTITIONS: String(partitions) }
  const flatTopics = { whole: `${prefix}.flat.whole`, lean: `${prefix}.flat.lean` }
  const opened = await openLog(readSettings(ownEnvironment))
  try {
    const { log, registry, topics } = opened
    const encoder = await EventEncoder.create({ registry, topics })
    const decoders = new EnvelopeDecoders(registry)
    const bytes = { ours: 0, whole: 0, lean: 0 }
    const append = (requests: readonly AppendRequest[]): Promise<unknown> => log.append(requests)
    let requests: AppendRequest[] = []
    // The next events are encoded while Kafka takes these.
    let underWay: Promise<unknown> = Promise.resolve()
    for (const envelope of fleetEvents(events, { tenants: [TENANT] })) {
      const ours = encoder.encode(envelope)
      const row = await rowOf(ours, decoders, topics)
      const whole = flatRequest(ours, row, 'whole', flatTopics)
      const lean = flatRequest(ours, row, 'lean', flatTopics)
      for (const [name, request] of Object.entries({ ours, whole, lean })) {
        bytes[name as keyof typeof bytes] += request.record.value!.length / events
        requests.push(request)
      }
      if (requests.length < 3 * EVENTS_PER_APPEND) continue
      await underWay
      underWay = append(requests)
      requests = []
    }
    await underWay
    await append(requests)
    return { environment: ownEnvironment, events, partitions, flatTopics, bytes }
  } finally {
    await opened.close()
  }
}

/** The row that the projector makes of a record. */
async function rowOf(
  { topic, record }: AppendRequest,
  decoders: EnvelopeDecoders,
  topics: TenantTopics,
): Promise<EventRow> {
  const stored = { ...record, topic, partition: 0, offset: offset(0), sequence: 0 }
  const read = readRecord(stored, await decoders.findFor([stored]), topics)
  if (read.kind === 'bad') throw new Error(`${read.reason}: ${read.message}`)
  return eventRow(read.event)
}

function flatRequest(
  { record }: AppendRequest,
  row: EventRow,
  shape: RecordShape,
  topics: EventTopics['flatTopics'],
): AppendRequest {
  return { topic: topics[shape], record: { ...record, value: Buffer.from(flatRecord(row, shape)), headers: {} } }
}
