import { positionText } from '../../base/position.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { topicsHeld } from '../holds/release.ts'

export interface TenantSize {
  /** `''` for events without a tenant; null where the topic's name is shortened and does not tell. */
  readonly tenant: string | null
  /** Its topic of events. */
  readonly topic: string
  readonly records: bigint
  /** Where the topic is held in the read model; null where it is not. */
  readonly held_at: string | null
}

/** The tenants of the log with what it holds of their events. `database` is the read model's. Errors: `Unavailable`, `StorageError`. */
export async function listTenants(
  { log, topics }: Pick<TenantLog, 'log' | 'topics'>,
  database: string,
): Promise<TenantSize[]> {
  const heldAt = new Map(
    (await topicsHeld({ log, topics }, database)).map(({ topic, position }) => [topic, positionText(position)]),
  )
  const sizes = new Map<string, bigint>()
  for (const { topic, earliest, next } of await log.offsets(await log.topics(topics.topicPrefix('events'))))
    sizes.set(topic, (sizes.get(topic) ?? 0n) + next - earliest)
  return Array.from(sizes, ([topic, records]) => ({
    tenant: topics.tenantId(topic),
    topic,
    records,
    held_at: heldAt.get(topic) ?? null,
  }))
}
