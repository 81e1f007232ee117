import { join } from 'node:path'
import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'
import { insertIntoBareEngine, writeRowFiles } from '../baselines/bare-engine.ts'
import type { Contest } from '../compare.ts'
import type { FleetEvents } from '../fleet-events.ts'
import { perSecond } from '../per-second.ts'
import { storedRecords } from '../record-rows.ts'
import { ingest } from './ingest.ts'

/**
 * The embedded log into queryable rows, through the projector, against the engine reading the same rows from files, ready
 * encoded, into an equal table. Both in one data directory, since a process can open one only, and in a database of their own.
 */
export async function projectContest(events: FleetEvents, directory: string): Promise<Contest> {
  const data = join(directory, 'project')
  await ingest(events.jsonTexts, data)
  const files = await writeRowFiles(storedRecords(events), directory)
  const count = events.envelopes.length
  let runs = 0
  return {
    measure: 'project: log to queryable row',
    unit: 'events/s',
    better: 'higher',
    ours: () => project(data, `ours_${runs++}`, count),
    baselineName: 'chDB alone, the same rows from files, ready encoded',
    baseline: () =>
      insertIntoBareEngine({ directory: join(data, 'clickhouse'), database: `bare_${runs++}`, files, rows: count }),
  }
}

/** Projects all of a log into a new database; answers with the rate, per second. */
async function project(data: string, database: string, count: number): Promise<number> {
  const settings = readSettings({ EXPERIENCE_LOG_DATA: data, CLICKHOUSE_DATABASE: database })
  const failures: unknown[] = []
  const service = await Service.open(settings, { notProjected: (error) => failures.push(error) })
  const { store } = service.readModel
  const started = performance.now()
  await service.catchUp()
  const rate = perSecond(count, started)
  const [found] = await store.query<{ events: string }>({ sql: `SELECT count() AS events FROM ${database}.events` })
  await service.stopProjecting()
  await store.command({ sql: `DROP DATABASE ${database} SYNC` })
  await service.close()
  if (failures.length > 0) throw failures[0]
  if (found?.events !== String(count)) throw new Error(`${found?.events} rows of ${count} events`)
  return rate
}
