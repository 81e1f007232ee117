import type { Offset, Position } from '../../base/position.ts'
import type { ExperienceEventEnvelope } from '../../schemas/types/event-types.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'

interface Placed {
  /** Where the log holds the record. */
  readonly position: Position
  /** When the log took the record, ms since the epoch, by the clock of the process that appended it. */
  readonly loggedAt: number
}

/** What a subscription yields, without the token. */
export type ItemContent =
  | ({
      readonly type: 'event'
      /** The event with its id, time and tenant. */
      readonly envelope: ExperienceEventEnvelope
    } & Placed)
  /** A record that is not an event; docs/errors.md explains the reasons. */
  | ({
      readonly type: 'bad-record'
      /** Why it is not an event, as a word. */
      readonly reason: string
      /** Path of the faulty field, if the record could be read that far. */
      readonly field: string | null
      /** What is wrong, in words. */
      readonly message: string
    } & Placed)
  /**
   * Records that can no longer be read, from the offset `first` on: the beginning of the partition was removed (`truncated`), or its topic
   * was deleted or created again. `records` (how many) is null if the log cannot say; `topic` is null if only the token knew it.
   */
  | {
      readonly type: 'lost'
      readonly because: 'truncated' | 'deleted' | 'recreated'
      readonly topic: string | null
      readonly partition: number | null
      readonly first: Offset
      readonly records: bigint | null
    }

/** What a subscription yields: an event, a bad record, or a note that records were lost. */
export type SubscriptionItem = ItemContent & {
  /** Save it to continue after this item: `subscribe({ from: { after: token } })`. */
  readonly token: string
}

/** An item as one JSON text, with the envelope as the reference prints it, where it is not `printed` already. */
export function itemToJson(item: SubscriptionItem, printed: string | null = null): string {
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
  if (item.type === 'event') return `${text(head).slice(0, -1)},"envelope":${printed ?? envelopeToJson(item.envelope)}}`
  return text({ ...head, reason: item.reason, field: item.field, message: item.message })
}
