import type { PartitionOffsets } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Difference } from './difference.ts'
import { withinPartitions } from './table-bounds.ts'

interface WrongRows {
  readonly topic: string
  readonly events: string
  readonly part: number
  readonly position: string
  readonly id: string
  readonly name: string
}

/**
 * Rows whose columns do not give the digest beside them. The digest itself is compared with the log; this shows that the
 * columns that answers are made of (ids, times, kind, payload) still say what the log says. ClickHouse puts the JSON text
 * together and hashes it, by code of its own: a second opinion, for 1 µs an event.
 */
export async function alteredRows(
  store: ReadModelStore,
  generation: Generation,
  partitions: readonly PartitionOffsets[],
): Promise<Difference[]> {
  const wrong = async (
    among: readonly PartitionOffsets[],
    textOf: (column: string) => string,
  ): Promise<WrongRows[]> => {
    const { condition, params } = withinPartitions(among)
    return store.query<WrongRows>({
      sql: `SELECT topic, count() AS events, (min((partition, offset, event_id, toString(kind))) AS first).1 AS part,
          first.2 AS position, first.3 AS id, first.4 AS name
        FROM ${store.table(generation.eventsTable)} WHERE ${condition} AND digest != ${digestOfRow(textOf)} GROUP BY topic
        SETTINGS output_format_json_escape_forward_slashes = 0`,
      params,
    })
  }
  // Almost no text needs the slow form, which alone is exact.
  const suspected = new Set((await wrong(partitions, fastText)).map(({ topic }) => topic))
  if (suspected.size === 0) return []
  const found = await wrong(
    partitions.filter(({ topic }) => suspected.has(topic)),
    exactText,
  )
  return found.map(({ topic, events, part, position, id, name }) => {
    const first = {
      table: 'events',
      topic,
      partition: part,
      offset: position,
      event_id: id,
      kind: name,
      what: 'altered',
    } as const
    return { topic, measure: 'events whose columns differ from their digest', log: '0', tables: events, first }
  })
}

/** The digest of the envelope that a row's columns stand for (see `contentDigest`). */
function digestOfRow(textOf: (column: string) => string): string {
  const nullable = (column: string, isNull: string): string => `if(${isNull}, 'null', ${textOf(column)})`
  const json = [
    `'{"event_id":'`,
    textOf('event_id'),
    `',"occurred_at":'`,
    textOf('occurred_at'),
    `',"tenant_id":'`,
    nullable('toString(tenant_id)', `tenant_id = ''`),
    `',"correlation_id":'`,
    nullable(`ifNull(correlation_id, '')`, 'correlation_id IS NULL'),
    `',"event":{"type":"'`,
    'toString(kind)',
    `'","data":'`,
    'payload',
    `'}}'`,
  ].join(', ')
  return `reinterpretAsUInt128(substring(SHA256(concat(${json})), 1, 16))`
}

/** Differs from `JSON.stringify` in some control characters, and in U+2028 and U+2029, which it escapes. */
function fastText(column: string): string {
  return `toJSONString(${column})`
}

const escaped = ['"', '\\', ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))]
function inSql(text: string): string {
  return `'${Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`
}
const characters = `[${escaped.map(inSql).join(',')}]`
const escapes = `[${escaped.map((character) => inSql(JSON.stringify(character).slice(1, -1))).join(',')}]`

/** A text as `JSON.stringify` prints it, character by character. */
function exactText(column: string): string {
  return `concat('"', arrayStringConcat(arrayMap(c -> transform(c, ${characters}, ${escapes}, c), extractAll(${column}, '(?s).'))), '"')`
}
