import { ExperienceError } from '../base/experience-error.ts'
import type { Conditions } from './clauses/conditions.ts'
import { placeOfCursor } from './event-cursor.ts'
import type { EventQuery } from '../schemas/types/query-types.ts'

/** What of an event a cursor remembers. */
export const PLACE_COLUMNS = `toUnixTimestamp64Nano(instant) AS ticks, topic, partition, offset,
        toUnixTimestamp64Milli(logged_at) AS taken_ms, sequence`

/** A column that answers are ordered by, and the parameter that holds a cursor's value of it. */
interface Key {
  readonly column: string
  readonly parameter: string
}

const INSTANT: Key = { column: 'instant', parameter: "fromUnixTimestamp64Nano({cursor_instant:Int64}, 'UTC')" }
const TAKEN: readonly Key[] = [
  { column: 'logged_at', parameter: "fromUnixTimestamp64Milli({cursor_ms:Int64}, 'UTC')" },
  { column: 'sequence', parameter: '{cursor_sequence:UInt32}' },
]
const POSITION: readonly Key[] = [
  { column: 'topic', parameter: '{cursor_topic:String}' },
  { column: 'partition', parameter: '{cursor_partition:Int32}' },
  { column: 'offset', parameter: '{cursor_offset:Int64}' },
]

/**
 * Events of equal instants stand in the order of their append: a tenant's in that of its topic, which the table has as well, so
 * that ClickHouse need not sort; those of several tenants by when their producers say that they appended them
 * (docs/decisions/0025).
 */
function keysOf({ tenant_id }: EventQuery): readonly Key[] {
  return tenant_id === null ? [INSTANT, ...TAKEN, ...POSITION] : [INSTANT, ...POSITION]
}

/** The clause that brings answers into order. */
export function orderOf(query: EventQuery): string {
  const direction = query.descending ? 'DESC' : 'ASC'
  return `ORDER BY ${keysOf(query)
    .map(({ column }) => `${column} ${direction}`)
    .join(', ')}`
}

/** Limits to the events behind a cursor. Error: `InvalidQuery` (`after`). */
export function addCursor(conditions: Conditions, query: EventQuery, after: string): void {
  const { instant, topic, partition, offset, taken } = placeOfCursor(after)
  if (query.tenant_id === null && taken === null) {
    const message = 'after: is the cursor of an earlier release, which had another order of equal instants: begin again'
    throw new ExperienceError('InvalidQuery', message, { field: 'after' })
  }
  const comparison = query.descending ? '<' : '>'
  const keys = keysOf(query)
  // The first condition is implied by the second; alone it lets the primary key prune.
  conditions.add(`instant ${comparison}= ${INSTANT.parameter}`)
  conditions.add(
    `(${keys.map(({ column }) => column).join(', ')}) ${comparison} (${keys.map(({ parameter }) => parameter).join(', ')})`,
    {
      cursor_instant: instant,
      cursor_topic: topic,
      cursor_partition: partition,
      cursor_offset: offset,
      ...(taken === null ? {} : { cursor_ms: taken.ms, cursor_sequence: taken.sequence }),
    },
  )
}
