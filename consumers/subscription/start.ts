import { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { offset, partitionText, positionText, type Offset, type Position } from '../../base/position.ts'
import type { FoundPartition } from '../../log/event-log.ts'
import { eventKinds } from '../../schemas/contract/event-kind.ts'
import { validateIdentifier } from '../../schemas/contract/envelope.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { optional, string, words } from '../../schemas/contract/scalars.ts'
import { TimeBound } from '../../schemas/contract/time-range.ts'
import { idTag, nameTag, topicsOfToken, type TokenTopic } from './token.ts'
import { choiceOf } from '../../schemas/contract/word-issue.ts'
import type { ItemContent } from './items.ts'

/** What is subscribed to. */
export const SubscriptionQuery = z.object({
  tenant: optional(string).describe('Tenant; none means all tenants and the events without one'),
  kinds: z.array(words('EventKind', eventKinds)).readonly().default([]).describe('Kinds; empty means all'),
  from: choiceOf([
    z.enum(['now', 'beginning']),
    z.strictObject({ instant: TimeBound }),
    z.strictObject({ after: string }),
  ])
    .default('now')
    .describe(
      'Where to begin: now, the beginning, what the log took at an instant or later, or behind the item of a token or a position',
    ),
})
export type SubscriptionQuery = z.output<typeof SubscriptionQuery>
export type SubscriptionQueryInput = z.input<typeof SubscriptionQuery>

/** Error: `InvalidQuery` naming the field. */
export function parseSubscription(input: SubscriptionQueryInput): SubscriptionQuery {
  const query = parseInput(SubscriptionQuery, input)
  if (query.tenant !== null) validateIdentifier('tenant', query.tenant)
  return query
}

/** Where to begin with a partition, and what was lost before. */
export interface Begun {
  readonly from: Offset
  readonly lost: ItemContent | null
}

/** Decides where a subscription begins with the partitions that exist at its start. */
export interface Start {
  begin(found: FoundPartition): Begun
  /** What a token knew of topics that are gone. */
  readonly gone: readonly ItemContent[]
}

export const FROM_BEGINNING: Start = { begin: ({ earliest }) => ({ from: earliest, lost: null }), gone: [] }
export const FROM_NOW: Start = { begin: ({ next }) => ({ from: next, lost: null }), gone: [] }

/** From the places of an instant on. */
export function fromPlaces(places: readonly Position[]): Start {
  const known = new Map(places.map((place) => [partitionText(place), place.offset]))
  return {
    begin: (found) => ({ from: known.get(partitionText(found)) ?? found.earliest, lost: null }),
    gone: [],
  }
}

/** Behind records, by their positions. Partitions that none is named of begin now. Error: `InvalidQuery` (`from.after`). */
export function fromPositions(positions: readonly Position[]): Start {
  const known = new Map(positions.map((position) => [partitionText(position), position]))
  return {
    begin: (found) => {
      const position = known.get(partitionText(found))
      if (position === undefined) return { from: found.next, lost: null }
      const beyond = (): Error =>
        fault(`${positionText(position)} is beyond the end of its partition, whose next offset is ${found.next}`)
      return beginAt(found, offset(position.offset + 1n), beyond)
    },
    gone: [],
  }
}

/** Behind a token. What it does not know is new, and is read from its beginning. Error: `InvalidQuery` (`from.after`). */
export function fromToken(token: string, topics: readonly string[], tenantTopic: string | null): Start {
  const known = topicsOfToken(token)
  const tags = new Set(topics.map(nameTag))
  if (tenantTopic !== null && [...known.keys()].some((tag) => tag !== nameTag(tenantTopic))) {
    throw fault('is of another subscription: it knows other tenants')
  }
  const gone = [...known].filter(([tag]) => !tags.has(tag))
  return {
    begin: (found) => beginBehind(found, known.get(nameTag(found.topic))),
    gone: gone.flatMap(([, { next }]) =>
      Array.from(next, ([partition, first]) => lostOf(tenantTopic, partition, first)),
    ),
  }
}

function lostOf(topic: string | null, partition: number, first: Offset): ItemContent {
  return { type: 'lost', because: 'deleted', topic, partition, first, records: null }
}

function beginBehind(found: FoundPartition, known: TokenTopic | undefined): Begun {
  const { topic, partition, earliest, next, topicId } = found
  const wanted = known?.next.get(partition)
  if (known === undefined || wanted === undefined) return { from: earliest, lost: null }
  if (known.idTag !== idTag(topicId)) {
    return {
      from: earliest,
      lost: { type: 'lost', because: 'recreated', topic, partition, first: wanted, records: null },
    }
  }
  return beginAt(found, wanted, () => {
    const place = positionText({ topic, partition, offset: wanted })
    return fault(`${place} is beyond the end of its partition, whose next offset is ${next}`)
  })
}

/** At an offset of the same topic, or where it begins if it was cut. Throws `beyond` where the topic is shorter. */
export function beginAt(found: FoundPartition, wanted: Offset, beyond: () => Error): Begun {
  const { topic, partition, earliest, next } = found
  if (wanted > next) throw beyond()
  if (wanted >= earliest) return { from: wanted, lost: null }
  const records = earliest - wanted
  return {
    from: earliest,
    lost: { type: 'lost', because: 'truncated', topic, partition, first: offset(wanted), records },
  }
}

/** An `InvalidQuery` that names where to begin. */
export function fault(message: string): ExperienceError {
  return new ExperienceError('InvalidQuery', `from.after: ${message}`, { field: 'from.after' })
}
