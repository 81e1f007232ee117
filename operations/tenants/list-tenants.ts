import type { TenantLog } from '../../log/tenant-log.ts'

export interface TenantSize {
  /** `''` for events without a tenant; null where the topic's name is shortened and does not tell. */
  readonly tenant: string | null
  /** Its topic of events. */
  readonly topic: string
  readonly records: bigint
}

/** The tenants of the log with what it holds of their events. Error: `Unavailable`. */
export async function listTenants({ log, topics }: Pick<TenantLog, 'log' | 'topics'>): Promise<TenantSize[]> {
  const sizes = new Map<string, bigint>()
  for (const { topic, earliest, next } of await log.offsets(await log.topics(topics.topicPrefix('events'))))
    sizes.set(topic, (sizes.get(topic) ?? 0n) + next - earliest)
  return Array.from(sizes, ([topic, records]) => {
    const tenant = topics.tenant(topic)
    return { tenant: tenant === undefined ? null : (tenant ?? ''), topic, records }
  })
}
