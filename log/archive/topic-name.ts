import { createHash } from 'node:crypto'
import { TenantTopics, type TopicKind } from '../tenant-topics.ts'
import { fileFault } from './container-format.ts'

/** What a topic's name says, under whatever prefix. */
export interface TopicName {
  readonly prefix: string
  readonly kind: TopicKind
  /** The tenant, escaped or shortened. */
  readonly place: string
}

const NAME = /^([A-Za-z0-9-]{1,49})\.(events|dead-letters)\.(.*)$/s
const SHORTENED = /-h([0-9a-f]{64})$/

/** The parts of a topic's name. Error: `InvalidQuery` of the field `file` for one that `TenantTopics` would not make. */
export function parseTopicName(topic: string): TopicName {
  const [, prefix, kind, place] = NAME.exec(topic) ?? []
  if (prefix === undefined || kind === undefined || place === undefined) {
    throw fileFault(`${JSON.stringify(topic)} is not a topic of this service`)
  }
  return { prefix, kind: kind as TopicKind, place }
}

/**
 * The topic of the same tenant under another prefix. Error: `InvalidQuery` where that cannot be told: a long tenant's name is
 * shortened, and might not be under a shorter prefix.
 */
export function topicUnder(topics: TenantTopics, topic: string): string {
  const { prefix, kind, place } = parseTopicName(topic)
  const same = topics.topicPrefix(kind) + place
  if (same === topic) return topic
  const source = new TenantTopics(prefix)
  const tenant = source.tenant(topic)
  if (tenant !== undefined) return topics.topic(kind, tenant)
  if (SHORTENED.test(place) && topics.topicPrefix(kind).length < source.topicPrefix(kind).length) {
    throw fileFault(
      `topic ${topic} does not tell its tenant: import it under a TOPIC_PREFIX of ${prefix.length} characters at least`,
    )
  }
  return same
}

/** Names kind and tenant, alike for all prefixes: a shortened name ends with the tenant's SHA-256. */
export function homeOf(topic: string): string {
  const { prefix, kind, place } = parseTopicName(topic)
  const tenant = new TenantTopics(prefix).tenant(topic)
  if (tenant === null) return kind
  if (tenant !== undefined) return `${kind} ${createHash('sha256').update(tenant).digest('hex')}`
  return `${kind} ${SHORTENED.exec(place)?.[1] ?? place}`
}
