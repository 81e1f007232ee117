import type { PartitionOffsets } from '../../log/event-log.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { TenantLog } from '../../log/tenant-log.ts'

/** What an export reads of a tenant: all that its topics hold at the start. */
export interface ExportedTenant {
  /** Its topic of events, which may be gone. */
  readonly eventsTopic: string
  readonly events: readonly PartitionOffsets[]
  readonly deadLetters: readonly PartitionOffsets[]
}

/** The topics of a tenant, or of all tenants in the order of their names. Errors: `NotFound`, `Unavailable`. */
export async function exportedTenants({ log, topics }: TenantLog, tenant: string | null): Promise<ExportedTenant[]> {
  const [lettersPrefix, eventsPrefix] = [topics.topicPrefix('dead-letters'), topics.topicPrefix('events')]
  const letterTopics = tenant === null ? await log.topics(lettersPrefix) : [topics.topic('dead-letters', tenant)]
  // Before the events: what is found here is about events that are found then.
  const deadLetters = byPlace(await log.offsets(letterTopics), lettersPrefix)
  const eventTopics = tenant === null ? await log.topics(eventsPrefix) : [topics.topic('events', tenant)]
  const events = byPlace(await log.offsets(eventTopics), eventsPrefix)
  const places = [...new Set([...events.keys(), ...deadLetters.keys()])].toSorted()
  if (tenant !== null && places.length === 0) throw noTopicOf(tenant)
  return places.map((place) => ({
    eventsTopic: eventsPrefix + place,
    events: events.get(place) ?? [],
    deadLetters: deadLetters.get(place) ?? [],
  }))
}

/** There is nothing to export. */
export function noTopicOf(tenant: string): ExperienceError {
  return new ExperienceError('NotFound', `the log has no topic of the tenant ${JSON.stringify(tenant)}`)
}

/** Partitions in order, by what stands behind the prefix in their topic's name: alike for a tenant's topics. */
function byPlace(partitions: readonly PartitionOffsets[], prefix: string): Map<string, PartitionOffsets[]> {
  const places = new Map<string, PartitionOffsets[]>()
  for (const each of partitions.toSorted((a, b) => a.partition - b.partition)) {
    const place = each.topic.slice(prefix.length)
    places.set(place, [...(places.get(place) ?? []), each])
  }
  return places
}
