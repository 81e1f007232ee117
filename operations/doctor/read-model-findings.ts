import { ExperienceError } from '../../base/experience-error.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { bytesText, fine, type Finding } from './finding.ts'

const SLOW_CLOCK_MS = 1000
const LARGE_LOGS_BYTES = 5 * 1024 ** 3
const FREE_SHARE = 0.1
/** ClickHouse slows inserts down at 1,000 active parts of a partition, and refuses them at 3,000 (`parts_to_delay_insert`, `parts_to_throw_insert`). */
const MANY_PARTS = 300

/**
 * Whether the ClickHouse that the tables are in is well. A setting that this user may not send is told by the first statement.
 * Errors: `Unavailable`, `StorageError`, `InvalidSettings`.
 */
export async function readModelFindings(store: ReadModelStore): Promise<Finding[]> {
  return [
    ...(await serverFindings(store)),
    ...(await clockFindings(store)),
    ...(await diskFindings(store)),
    ...(await partFindings(store)),
    ...(await systemLogFindings(store)),
  ]
}

async function serverFindings(store: ReadModelStore): Promise<Finding[]> {
  const [server] = await store.query<{ release: string; tables: string; bytes: string }>({
    sql: `SELECT version() AS release, count() AS tables, ifNull(sum(total_bytes), 0) AS bytes
      FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'`,
    params: { database: store.database },
  })
  if (typeof server?.release !== 'string') {
    throw new ExperienceError('StorageError', 'what answers is not ClickHouse: it does not tell its version')
  }
  const size = bytesText(Number(server.bytes))
  const tables = Number(server.tables)
  const holds = tables === 0 ? 'not made yet' : `${tables} tables, ${size}`
  return [fine('read model', `ClickHouse ${server.release}, database ${store.database}: ${holds}`)]
}

async function clockFindings(store: ReadModelStore): Promise<Finding[]> {
  const asked = Date.now()
  const [row] = await store.query<{ ms: string }>({ sql: 'SELECT toUnixTimestamp64Milli(now64(3)) AS ms' })
  const answered = Date.now()
  const ms = Number(row?.ms)
  const apart = Math.max(asked - ms, ms - answered)
  if (apart < SLOW_CLOCK_MS) return []
  const message = `the clocks of ClickHouse and of this machine differ by ${(apart / 1000).toFixed(1)} s`
  const next = 'let both keep time by NTP: as-of instants and "the last hour" rely on it'
  return [{ area: 'read model', severity: 'warning', message, next }]
}

async function diskFindings(store: ReadModelStore): Promise<Finding[]> {
  const disks = await store.query<{ name: string; free: string; total: string }>({
    sql: 'SELECT name, unreserved_space AS free, total_space AS total FROM system.disks WHERE total_space > 0',
  })
  return disks
    .filter(({ free, total }) => Number(free) < FREE_SHARE * Number(total))
    .map(({ name, free, total }) => ({
      area: 'read model',
      severity: 'warning',
      message: `ClickHouse's disk ${name} is nearly full: ${bytesText(Number(free))} of ${bytesText(Number(total))} are free`,
      next: 'free some space: "experience-log generations prune" removes tables that no reader follows',
    }))
}

async function partFindings(store: ReadModelStore): Promise<Finding[]> {
  const [most] = await store.query<{ name: string; parts: string }>({
    sql: `SELECT table AS name, count() AS parts FROM system.parts WHERE active AND database = {database:String}
      GROUP BY table, partition_id ORDER BY parts DESC LIMIT 1`,
    params: { database: store.database },
  })
  if (most === undefined || Number(most.parts) < MANY_PARTS) return []
  const message = `${most.name} has ${most.parts} parts in one partition: ClickHouse merges more slowly than rows come`
  const next = 'raise PROJECTOR_LINGER_MS, so that inserts are fewer and larger'
  return [{ area: 'read model', severity: 'warning', message, next }]
}

async function systemLogFindings(store: ReadModelStore): Promise<Finding[]> {
  const [row] = await store.query<{ bytes: string }>({
    sql: "SELECT ifNull(sum(bytes_on_disk), 0) AS bytes FROM system.parts WHERE active AND database = 'system'",
  })
  const bytes = Number(row?.bytes ?? 0)
  if (bytes < LARGE_LOGS_BYTES) return []
  const message = `ClickHouse's logs of itself (database system) take ${bytesText(bytes)}`
  const next = 'give them a ttl in the server configuration (query_log, trace_log, text_log …)'
  return [{ area: 'read model', severity: 'note', message, next }]
}
