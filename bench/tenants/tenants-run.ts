import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { readSettings } from '../../service/settings.ts'
import { openStore } from '../../service/wiring/open-read-model.ts'
import { appendSteadily } from '../latency/append-steadily.ts'
import { quantile, visibleLatencies } from '../latency/visible-latencies.ts'
import { perSecond } from '../per-second.ts'
import { withChild, type Child } from '../processes/child.ts'
import type { TenantsProjectorTask, Usage } from '../processes/tenants-projector-process.ts'
import { untilRows } from '../processes/until-rows.ts'
import { TableWatch } from './table-watch.ts'
import type { BenchTenants } from './bench-tenants.ts'

const PROGRAM = new URL('../processes/tenants-projector-process.ts', import.meta.url)
/** After a backlog, until what it has left is done: merges, and garbage. */
const SETTLE_MS = 2000

export interface TenantsRunOptions {
  /** A database that is there for this run alone. */
  readonly database: string
  readonly idleMs: number
  /** Events a second of all tenants together. */
  readonly tricklePerSecond: number
  readonly trickleMs: number
}

/** What a projector did with the tenants. */
export interface TenantsRun {
  /** Events/s. */
  readonly catchingUp: number
  /** Percent of a core. */
  readonly idleCpu: number
  /** From acknowledged to queryable, 99 of 100, ms. */
  readonly trickleP99: number
  /** Inserts into the server's tables, for each second of the trickle. */
  readonly trickleInserts: number
  /** Most resident memory of its process, MiB. */
  readonly residentMiB: number
}

/** One projector, in a new process with new tables: catches up with the topics, has nothing to do, then gets a trickle. */
export async function runTenants(tenants: BenchTenants, options: TenantsRunOptions): Promise<TenantsRun> {
  const environment = { ...tenants.environment, CLICKHOUSE_DATABASE: options.database }
  const store = await openStore(readSettings(environment))
  const task: TenantsProjectorTask = { environment }
  try {
    return await withChild(PROGRAM, task, async (projector) => {
      await projector.ask('ready')
      const startedAt = performance.now()
      await projector.ask('project')
      await untilRows(tenants.events, () => rowsOf(store))
      const catchingUp = perSecond(tenants.events, startedAt)
      await sleep(SETTLE_MS)
      const idleCpu = await cpuPercent(projector, options.idleMs)
      const trickle = await runTrickle(tenants, store, options)
      const { residentMiB } = await projector.ask<Usage>('usage')
      return { catchingUp, idleCpu, ...trickle, residentMiB }
    })
  } finally {
    await store.command({ sql: `DROP DATABASE IF EXISTS ${options.database} SYNC` })
    await store.close()
  }
}

async function cpuPercent(projector: Child, forMs: number): Promise<number> {
  const startedAt = performance.now()
  const before = await projector.ask<Usage>('usage')
  await sleep(forMs)
  const after = await projector.ask<Usage>('usage')
  return (100 * (after.cpuMs - before.cpuMs)) / (performance.now() - startedAt)
}

async function runTrickle(
  tenants: BenchTenants,
  store: ReadModelStore,
  { tricklePerSecond, trickleMs }: TenantsRunOptions,
): Promise<Pick<TenantsRun, 'trickleP99' | 'trickleInserts'>> {
  const events = Math.round((tricklePerSecond * trickleMs) / 1000)
  const watch = new TableWatch(store)
  const insertsBefore = await insertsOf(store)
  const acknowledgements = await appendSteadily(tenants.producer, tenants.fleet, events, tricklePerSecond)
  tenants.events += events
  await untilRows(tenants.events, () => rowsOf(store))
  const latencies = visibleLatencies(acknowledgements, await watch.end())
  const inserts = (await insertsOf(store)) - insertsBefore
  return { trickleP99: quantile(latencies, 0.99), trickleInserts: (1000 * inserts) / trickleMs }
}

async function rowsOf(store: ReadModelStore): Promise<number> {
  const [row] = await store.query<{ rows: string }>({ sql: `SELECT count() AS rows FROM ${store.table('events')}` })
  return Number(row?.rows)
}

async function insertsOf(store: ReadModelStore): Promise<number> {
  const [row] = await store.query<{ value: string }>({
    sql: `SELECT value FROM system.events WHERE event = 'InsertQuery'`,
  })
  return Number(row?.value)
}
