import { join } from 'node:path'
import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { openChdbReadModelStore } from '../../projections/clickhouse/chdb-read-model-store.ts'
import { eventColumns } from '../../projections/events/event-columns.ts'
import { migrate } from '../../projections/forms/migrations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'
import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'

/** The events of the first day are made one by one; the other days are made of it. */
export const DAYS = 33
const DAY_MS = 86_400_000
const SEED = 5
const CHUNK = 1000

/** Database of every tenth run: the same tenants over the same days, a tenth as busy. */
export const TENTH = 'a_tenth'

/**
 * Fills a new data directory with days of a simulated fleet, and answers with the table of events. The first day goes through the
 * log and the projector; each further one is that day again, under ids of its own, inserted tenant by tenant as a projector would.
 */
export async function fillTables(directory: string, events: number): Promise<string> {
  const service = await Service.open(readSettings({ EXPERIENCE_LOG_DATA: directory }), {
    notProjected: (error) => console.error(error),
  })
  try {
    await projectDay(service, Math.ceil(events / DAYS))
    await service.stopProjecting()
    const { store, generation } = service.readModel
    await fillTenth(clickhouseDirectory(directory), store.table(generation.eventsTable))
    await repeatDay(store, generation.eventsTable)
    return generation.eventsTable
  } finally {
    await service.close()
  }
}

/** Where a data directory has the engine's files. */
export function clickhouseDirectory(directory: string): string {
  return join(directory, 'clickhouse')
}

async function projectDay(service: Service, events: number): Promise<void> {
  const producer = await service.openProducer()
  const pending: Promise<unknown>[] = []
  for (const envelope of simulateFleet({ seed: SEED, events, spanMs: DAY_MS })) {
    pending.push(producer.append(envelope, { validated: true }))
    if (pending.length === CHUNK) await Promise.all(pending.splice(0))
  }
  await Promise.all(pending)
  await producer.close()
  await service.catchUp()
}

/** Of the source's first day, which is all that it has yet. */
async function fillTenth(directory: string, source: string): Promise<void> {
  const store = await openChdbReadModelStore({ directory, database: TENTH })
  try {
    const { eventsTable } = await migrate(store)
    await store.command({
      sql: `INSERT INTO ${store.table(eventsTable)} (${columnNames.join(', ')}) SELECT ${columnNames.join(', ')}
        FROM ${source} WHERE cityHash64(ifNull(correlation_id, ifNull(chain_id, event_id))) % 10 = 0`,
    })
    await repeatDay(store, eventsTable)
  } finally {
    await store.close()
  }
}

const columnNames = Object.keys(eventColumns).map(quoteIdentifier)

/** Each holds the fleet's tag, a word that the seed gives, and so gets another one. */
const tagged = [
  'event_id',
  'correlation_id',
  'chain_id',
  'proposal_id',
  'fact_id',
  'trace_link_id',
  'artifact_id',
  'gate_id',
  'payload',
] as const satisfies readonly (keyof typeof eventColumns)[]

const laterInstant = 'addDays(instant, {day:UInt32})'

/** What differs on a later day, as SQL over the columns of the first. Times within payloads stay. */
const laterColumns: Readonly<Partial<Record<string, string>>> = {
  ...Object.fromEntries(tagged.map((name) => [name, `replaceAll(${name}, {tag:String}, {new_tag:String})`])),
  instant: laterInstant,
  occurred_at: `concat(replaceOne(toString(toDateTime64(${laterInstant}, 3)), ' ', 'T'), 'Z')`,
  logged_at: 'addDays(logged_at, {day:UInt32})',
  digest: 'digest + {day:UInt32}',
  offset: 'offset + {day:UInt32} * {next:Int64}',
} satisfies Partial<Record<keyof typeof eventColumns, string>>

/** One part an insert, as the projector makes them. */
const ONE_PART =
  'max_threads = 1, max_insert_threads = 1, min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0, insert_deduplicate = 0'

interface TenantDay {
  readonly tenant: string
  /** The offset after its last. */
  readonly next: string
  /** Its last instant, nanoseconds since the epoch: so that the primary key prunes what is later. */
  readonly last: string
  readonly tag: string
}

/** Makes the other days of the first one, which is all that the table has. */
async function repeatDay(store: ReadModelStore, eventsTable: string): Promise<void> {
  const events = store.table(eventsTable)
  const tenants = await store.query<TenantDay>({
    sql: `SELECT tenant_id AS tenant, max(offset) + 1 AS next, toUnixTimestamp64Nano(max(instant)) AS last,
      splitByChar('-', any(event_id))[2] AS tag FROM ${events} GROUP BY tenant`,
  })
  const later = Object.keys(eventColumns).map((name) => laterColumns[name] ?? quoteIdentifier(name))
  const insert = `INSERT INTO ${events} (${columnNames.join(', ')}) SELECT ${later.join(', ')} FROM ${events}
    WHERE tenant_id = {tenant:String} AND instant <= fromUnixTimestamp64Nano({last:Int64}, 'UTC') AND offset < {next:Int64}
    SETTINGS ${ONE_PART}`
  for (let day = 1; day < DAYS; day++) {
    const newTag = day.toString(16).padStart(8, '0')
    await Promise.all(
      tenants.map((tenant) => store.command({ sql: insert, params: { ...tenant, day, new_tag: newTag } })),
    )
  }
}
