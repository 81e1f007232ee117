import { offset } from '../../base/position.ts'
import type { EventLog, ReadRange } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import { readRecord } from '../read-record.ts'
import type { TopicHolds } from './topic-holds.ts'

export interface ReadsNothingParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  readonly holds: TopicHolds
}

/** Topics that are looked into, and how many of the latest records of each. */
const TOPICS = 20
const RECORDS = 5n

/**
 * Whether other topics hold records of known framing, and the schema of none is found: then the registry is the wrong one. Looks at
 * the latest records of some topics that are not held. Errors: `Unavailable`, `StorageError`.
 */
export async function readsNothingElsewhere(parts: ReadsNothingParts, topic: string): Promise<boolean> {
  const { log, topics, decoders } = parts
  let isSomethingFramed = false
  for await (const { records } of log.read(await rangesBeside(parts, topic))) {
    const found = await decoders.findFor(records)
    for (const record of records) {
      const read = readRecord(record, found, topics)
      if (read.kind === 'bad' && read.reason === 'NotFramed') continue
      if (read.kind === 'event' || (read.reason !== 'UnknownSchema' && read.reason !== 'Undecodable')) return false
      isSomethingFramed = true
    }
  }
  return isSomethingFramed
}

async function rangesBeside({ log, topics, holds }: ReadsNothingParts, topic: string): Promise<ReadRange[]> {
  const others: string[] = []
  for (const name of evenly(await log.topics(topics.topicPrefix('events')), TOPICS + 1)) {
    const isFree = (await holds.heldFrom({ topic: name, partition: 0 })) === null
    if (name !== topic && isFree) others.push(name)
  }
  return (await log.offsets(others))
    .filter(({ earliest, next }) => earliest < next)
    .map(({ topic: name, partition, earliest, next }) => {
      const from = next - RECORDS
      return { topic: name, partition, from: from > earliest ? offset(from) : earliest, to: next }
    })
}

/** Some of many, spread over all of them. */
function evenly(names: readonly string[], count: number): string[] {
  const step = Math.max(1, names.length / count)
  return Array.from({ length: Math.min(count, names.length) }, (_, index) => names[Math.floor(index * step)] as string)
}
