import type { ExperienceError } from '../../base/experience-error.ts'
import { offset, type Position, positionText } from '../../base/position.ts'
import type { EventLog, PartitionOffsets } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { LogPrefix } from '../../queries/as-of/log-prefix.ts'
import { asOfFault, millisOf, type AsOf } from './as-of.ts'

/**
 * A moment in the log's own terms, before any partition's clocks were looked at. For positions it is the time of the latest record
 * among them, and their partitions end behind them. Error: `InvalidQuery` (`as_of`) for a position that the log does not hold.
 */
export async function momentOf(log: EventLog, topics: TenantTopics, asOf: AsOf): Promise<LogPrefix> {
  if (asOf.kind === 'instant') return { takenBy: millisOf(asOf.instant), ends: [] }
  const { positions } = asOf
  const ofEvents = positions.map(({ topic }) => topic).filter((topic) => topic.startsWith(topics.topicPrefix('events')))
  const held = await log.offsets([...new Set(ofEvents)])
  for (const position of positions) checkHeld(position, held)
  const times = await Promise.all(positions.map((position) => timeOf(log, position)))
  return {
    takenBy: BigInt(Math.max(...times)),
    ends: positions.map(({ topic, partition, offset: at }) => ({ topic, partition, next: offset(at + 1n) })),
  }
}

function checkHeld(position: Position, held: readonly PartitionOffsets[]): void {
  const { topic, partition } = position
  const partitions = held.filter((each) => each.topic === topic)
  if (partitions.length === 0) throw noSuchTopic(topic)
  const bounds = partitions.find((each) => each.partition === partition)
  if (bounds === undefined) throw asOfFault(`the topic ${topic} has no partition ${partition}`)
  if (position.offset >= bounds.next)
    throw asOfFault(`${positionText(position)} is beyond the end of its partition, whose next offset is ${bounds.next}`)
  if (position.offset < bounds.earliest)
    throw asOfFault(
      `${positionText(position)} is before the beginning of its partition: the first offset is ${bounds.earliest}`,
    )
}

/** The fault of a position whose topic the log does not have, or that the asker may not know. */
export function noSuchTopic(topic: string): ExperienceError {
  const names = '"experience-log tenants list" shows their names'
  return asOfFault(`the log has no topic of events ${JSON.stringify(topic)}: ${names}`)
}

async function timeOf(log: EventLog, position: Position): Promise<number> {
  const { topic, partition, offset: from } = position
  for await (const { records } of log.read([{ topic, partition, from, to: offset(from + 1n) }])) {
    const record = records.find((each) => each.offset === from)
    if (record !== undefined) return Math.trunc(record.timestamp)
  }
  throw asOfFault(`${positionText(position)} is not a record, but the mark of a transaction`)
}
