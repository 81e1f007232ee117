import type { Service } from './service.ts'

/** A topic of which not all records are projected. */
export interface ShownLag {
  readonly topic: string
  /** `''` for events without a tenant; null where the topic's name does not tell. */
  readonly tenant_id: string | null
  readonly lag_events: bigint
}

/** How far the tables are behind the log, by topic, as every door shows it. Errors: `Unavailable`, `StorageError`. */
export async function shownLag(service: Service): Promise<ShownLag[]> {
  const lag = new Map<string, bigint>()
  for (const each of await service.unprojected()) lag.set(each.topic, (lag.get(each.topic) ?? 0n) + each.lag)
  return Array.from(lag, ([topic, lag_events]) => ({
    topic,
    tenant_id: service.log.topics.tenantId(topic),
    lag_events,
  }))
}
