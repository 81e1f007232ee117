import { positionText } from '../../base/position.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { HeldTopic } from './held-topic.ts'

/** What `dead-letters held` prints of a topic, in the order of the printing. */
export interface HeldTopicSummary {
  readonly topic: string
  /** Tenant by the topic's name; '' for events without one, null where the name does not tell. */
  readonly tenant_id: string | null
  /** Nothing from here on is projected. */
  readonly position: string
  readonly held_at: string
  readonly held_by: string
  /** How many of the latest records were no events, and why most of these are none. */
  readonly bad: number
  readonly records: number
  readonly reason: string
  /** The position of one of them, and what is wrong with it. */
  readonly example: string
  readonly message: string
}

export function summariseHeldTopic(held: HeldTopic, topics: TenantTopics): HeldTopicSummary {
  const { topic, position, heldAt, heldBy, bad, records, reason, example, message } = held
  return {
    topic,
    tenant_id: topics.tenantId(topic),
    position: positionText(position),
    held_at: heldAt,
    held_by: heldBy,
    bad,
    records,
    reason,
    example,
    message,
  }
}
