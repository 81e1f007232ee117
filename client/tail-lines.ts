import type { SubscriptionItem } from '../consumers/subscription/items.ts'
import { offset } from '../base/position.ts'
import { envelopeFromStoredJson } from '../schemas/json/envelope-json.ts'
import { handedOut } from '../schemas/json/handed-out.ts'
import { readJsonObject, unexpectedAnswer, type JsonObject } from './read-json.ts'

/** A line of the live tail. */
export type TailLine =
  | {
      readonly type: 'item'
      readonly token: string
      /** Whether it is an event. */
      readonly envelope: string | null
      readonly text: string
      readonly item: () => SubscriptionItem
    }
  /** What tells that the server is there, or what this client does not know. */
  | { readonly type: 'note'; readonly token: string | null }

/** What stands between the head of an event's line and the envelope, which is printed as in any other answer. */
const ENVELOPE = ',"envelope":'

export function readTailLine(text: string): TailLine {
  const at = text.indexOf(ENVELOPE)
  const envelope = at === -1 ? null : text.slice(at + ENVELOPE.length, -1)
  const head = readJsonObject(at === -1 ? text : `${text.slice(0, at)}}`)
  const token = typeof head['token'] === 'string' ? head['token'] : null
  const item = itemReader(head, envelope)
  if (item === null) return { type: 'note', token }
  if (token === null) throw unexpectedAnswer('holds an item without a token')
  return { type: 'item', token, envelope, text, item }
}

/** Null for what is no item. */
function itemReader(head: JsonObject, envelope: string | null): (() => SubscriptionItem) | null {
  switch (head['type']) {
    case 'event':
      return () => ({ ...placed(head), envelope: handedOut(envelopeFromStoredJson(envelope!)) }) as SubscriptionItem
    case 'bad-record':
      return () => placed(head) as unknown as SubscriptionItem
    case 'lost':
      return () => lost(head) as unknown as SubscriptionItem
    default:
      return null
  }
}

function placed({ logged_at, position, ...rest }: JsonObject): JsonObject {
  const { topic, partition, offset: at } = position as JsonObject
  return {
    ...rest,
    position: { topic, partition: Number(partition), offset: offset(at as string) },
    loggedAt: Number(logged_at),
  }
}

function lost({ partition, first, records, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    partition: partition === null ? null : Number(partition),
    first: offset(first as string),
    records: records === null ? null : BigInt(records as string),
  }
}
