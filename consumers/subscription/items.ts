import type { Offset, Position } from '../../base/position.ts'
import type { ExperienceEventEnvelope } from '../../schemas/types/event-types.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'

interface Placed {
  readonly position: Position
  /** When the log took the record, ms since the epoch, by the clock of the process that appended it. */
  readonly loggedAt: number
}

/** What a subscription gives, but for the token. */
export type ItemContent =
  | ({
      readonly type: 'event'
      readonly envelope: ExperienceEventEnvelope
    } & Placed)
  /** A record that is no event, and was passed over: docs/errors.md has the reasons. */
  | ({
      readonly type: 'bad-record'
      readonly reason: string
      readonly field: string | null
      readonly message: string
    } & Placed)
  /**
   * Records that can be read no longer, from an offset on: the partition was cut at its beginning (`truncated`), its topic was deleted, or
   * made anew. How many is null where the log cannot tell; the topic, where it is gone and only the token knew it.
   */
  | {
      readonly type: 'lost'
      readonly because: 'truncated' | 'deleted' | 'recreated'
      readonly topic: string | null
      readonly partition: number | null
      readonly first: Offset
      readonly records: bigint | null
    }

/** What a subscription gives. `from: { after: token }` goes on behind it. */
export type SubscriptionItem = ItemContent & { readonly token: string }

/** An item as one JSON text, with the envelope as the reference prints it. */
export function itemToJson(item: SubscriptionItem): string {
  const { type, token } = item
  const text = JSON.stringify
  if (item.type === 'lost') {
    const { because, topic, partition, first, records } = item
    return text({
      type,
      token,
      because,
      topic,
      partition,
      first: `${first}`,
      records: records === null ? null : `${records}`,
    })
  }
  const { topic, partition, offset: at } = item.position
  const head = { type, token, position: { topic, partition, offset: `${at}` }, logged_at: item.loggedAt }
  if (item.type === 'event') return `${text(head).slice(0, -1)},"envelope":${envelopeToJson(item.envelope)}}`
  return text({ ...head, reason: item.reason, field: item.field, message: item.message })
}
