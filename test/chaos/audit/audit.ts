import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { readRecord } from '../../../consumers/read-record.ts'
import { verify } from '../../../operations/verify/verify.ts'
import type { PartitionOffsets } from '../../../log/event-log.ts'
import { contentDigest } from '../../../schemas/content-digest.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { eventStream, type StreamSpec } from '../writing/event-stream.ts'
import { positionName, readJournal } from '../writing/journal.ts'

export interface Written {
  readonly spec: StreamSpec
  readonly journal: string
}

export interface Audit {
  readonly acknowledged: number
  readonly missing: number
  readonly differences: readonly string[]
}

/** A few are told in words; the rest are counted. */
const TOLD = 20

/** Parameters travel in the address of a request, which has room for 16 KiB. */
const TOPICS_A_STATEMENT = 100

/**
 * Compares what producers wrote and got acknowledged with what the log and the read model hold, without the service's own
 * ideas: acknowledged = stored, each once, and where the log said, if it said so. Then `verify` compares log and read model. Every event of
 * the streams must be acknowledged, and everything projected.
 */
export async function audit(
  service: Service,
  endOfLog: readonly PartitionOffsets[],
  written: readonly Written[],
): Promise<Audit> {
  const faults: string[] = []
  let missing = 0
  let acknowledged = 0
  const topics = topicsOf(service, written)
  const partitions = endOfLog.filter(({ topic }) => topics.has(topic))
  const logged = await digestsInLog(service, partitions)
  const anywhere = new Set(logged.values())
  const stored = await digestsInTable(service, [...topics])
  const expected = new Set<string>()
  for (const { spec, journal } of written) {
    const digests = Array.from(eventStream(spec), (event) =>
      Buffer.from(contentDigest(envelopeToJson(event))).toString('hex'),
    )
    for (const digest of digests) expected.add(digest)
    const confirmed = new Set<number>()
    for (const { index, position } of readJournal(journal)) {
      confirmed.add(index)
      const digest = digests[index]
      const isThere = position === null ? anywhere.has(digest ?? '') : logged.get(position) === digest
      if (isThere) continue
      missing++
      const where =
        position === null ? 'over HTTP: the log lacks it' : `at ${position}: the log holds another or none there`
      faults.push(`event ${index} of stream ${spec.seed}, acknowledged ${where}`)
    }
    acknowledged += confirmed.size
    for (const [index, digest] of digests.entries()) {
      if (!confirmed.has(index)) faults.push(`event ${index} of stream ${spec.seed} was never acknowledged`)
      else if (!stored.has(digest)) {
        missing++
        faults.push(`event ${index} of stream ${spec.seed} is acknowledged, and missing from the read model`)
      }
    }
  }
  for (const [digest, count] of stored) {
    if (count !== 1) faults.push(`the event with the digest ${digest} is ${count} times in the read model`)
    if (!expected.has(digest)) faults.push(`the read model holds an event with the digest ${digest} that nobody wrote`)
  }
  const { log, topics: names, registry } = service.log
  const { store, generation } = service.readModel
  const parts = { log, topics: names, decoders: new EnvelopeDecoders(registry), store, generation }
  const { differences } = await verify(parts, partitions)
  faults.push(...differences.map((difference) => `verify: ${JSON.stringify(difference)}`))
  const more = faults.length > TOLD ? [`… and ${faults.length - TOLD} more`] : []
  return { acknowledged, missing, differences: [...faults.slice(0, TOLD), ...more] }
}

/** The topics that the streams' events belong to. */
export function topicsOf(service: Service, written: readonly Written[]): Set<string> {
  return new Set(
    written.flatMap(({ spec }) => spec.tenants.map((tenant) => service.log.topics.topic('events', tenant))),
  )
}

/** What the log holds at each position. */
async function digestsInLog(service: Service, partitions: readonly PartitionOffsets[]): Promise<Map<string, string>> {
  const { log, topics, registry } = service.log
  const decoders = new EnvelopeDecoders(registry)
  const digests = new Map<string, string>()
  const ranges = partitions.map(({ topic, partition, earliest, next }) => ({
    topic,
    partition,
    from: earliest,
    to: next,
  }))
  for await (const { records } of log.read(ranges)) {
    const found = await decoders.findFor(records)
    for (const record of records) {
      const read = readRecord(record, found, topics)
      const digest = read.kind === 'event' ? Buffer.from(read.event.digest).toString('hex') : 'no event'
      digests.set(positionName(record), digest)
    }
  }
  return digests
}

/** How many rows the table of events has of each digest. */
async function digestsInTable({ readModel }: Service, topics: readonly string[]): Promise<Map<string, number>> {
  const { store, generation } = readModel
  const counts = new Map<string, number>()
  for (let start = 0; start < topics.length; start += TOPICS_A_STATEMENT) {
    const rows = await store.query<{ found: string; events: string }>({
      sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS found, count() AS events
        FROM ${store.table(generation.eventsTable)} WHERE topic IN {topics:Array(String)} GROUP BY found`,
      params: { topics: topics.slice(start, start + TOPICS_A_STATEMENT) },
    })
    for (const { found, events } of rows) counts.set(found, (counts.get(found) ?? 0) + Number(events))
  }
  return counts
}
