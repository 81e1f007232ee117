import { parsePosition, partitionText, type Position } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { parseInstant } from '../../schemas/instant.ts'
import { fault, FROM_BEGINNING, FROM_NOW, fromPlaces, fromPositions, fromToken } from './start.ts'
import type { Start, SubscriptionQuery } from './start.ts'

export interface StartParts {
  readonly log: EventLog
  readonly topics: TenantTopics
}

/**
 * Decides where a subscription begins. `isHidden`: whoever asks may know nothing of the tenant, and is answered as if its topic did not
 * exist. Errors: `InvalidQuery` (`from.after`), `Unavailable`, `StorageError`.
 */
export async function findStart(
  { log, topics }: StartParts,
  { from, tenant }: Pick<SubscriptionQuery, 'from' | 'tenant'>,
  isHidden = false,
): Promise<Start> {
  if (from === 'now') return FROM_NOW
  if (from === 'beginning') return FROM_BEGINNING
  const tenantTopic = tenant === null ? null : topics.topic('events', tenant)
  const found = isHidden ? [] : await log.topics(tenantTopic ?? topics.topicPrefix('events'))
  const names = found.filter((name) => tenantTopic === null || name === tenantTopic)
  if ('instant' in from) {
    const instant = parseInstant(from.instant) ?? 0n
    return fromPlaces(await log.offsetsAt(names, Number(instant / 1_000_000n)))
  }
  // No token holds a slash.
  if (!from.after.includes('/')) return fromToken(from.after, names, tenantTopic)
  const positions = positionsOf(from.after)
  await checkExist(log, positions, names)
  return fromPositions(positions)
}

function positionsOf(text: string): Position[] {
  const positions = text.split(',').map((each) => {
    const position = parsePosition(each.trim())
    if (position === null) throw fault('must be a token, or positions (topic/partition/offset) separated by commas')
    return position
  })
  if (new Set(positions.map(partitionText)).size < positions.length) throw fault('names two positions of one partition')
  return positions
}

async function checkExist(
  log: Pick<EventLog, 'offsets'>,
  positions: readonly Position[],
  names: readonly string[],
): Promise<void> {
  const known = new Set(names)
  const unknown = positions.find(({ topic }) => !known.has(topic))
  if (unknown !== undefined) throw fault(`the log has no topic of events ${JSON.stringify(unknown.topic)}`)
  const held = new Set((await log.offsets([...new Set(positions.map(({ topic }) => topic))])).map(partitionText))
  const missing = positions.find((each) => !held.has(partitionText(each)))
  if (missing !== undefined) throw fault(`the topic ${missing.topic} has no partition ${missing.partition}`)
}
