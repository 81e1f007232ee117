import type { RebuildScope } from '../../operations/log/operation.ts'
import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'
import { measureEffort, type Effort, type ProjectionRun, type RebuildRun } from './runs.ts'
import { readTask, serve } from './serve.ts'
import { contentOf, type TableContent } from './table-content.ts'
import { untilRows } from './until-rows.ts'

/** The service as its settings make it, in a process of its own. */
export interface ProjectorTask {
  readonly environment: Readonly<Record<string, string>>
  /** Rows that there will be when all is projected. */
  readonly events: number
}

const EVERYTHING: RebuildScope = { tenants: null, projections: null, range: null }

const { environment, events } = readTask() as ProjectorTask
const service = await Service.open(readSettings(environment), { notProjected: (error) => console.error(error) })
const { store } = service.readModel
const view = store.table('events')

async function project(): Promise<ProjectionRun> {
  const effort = measureEffort()
  service.project().catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
  await untilRows(events, async () => {
    const [row] = await store.query<{ rows: string }>({ sql: `SELECT count() AS rows FROM ${view}` })
    return Number(row?.rows)
  })
  return { ...effort(), content: await content() }
}

/** To be asked for once all is projected: the live projector then has nothing to do beside it. */
async function rebuild(): Promise<RebuildRun> {
  const maintenance = await service.beginMaintenance()
  const conduct = { stopped: new AbortController().signal, onWait: () => {} }
  const effort = measureEffort()
  let projected: Effort | null = null
  const { switched } = await maintenance.rebuild(
    { scope: EVERYTHING, acceptDeadLetters: false },
    {
      ...conduct,
      report: ({ phase }) => {
        if (phase === 'verifying') projected ??= effort()
      },
    },
  )
  if (!switched || projected === null) throw new Error('the rebuild found differences')
  const run = { projected, switched: effort(), content: await content() }
  await maintenance.prune([], conduct)
  return run
}

async function content(): Promise<TableContent> {
  const [row] = await store.query<TableContent>({ sql: contentOf(view) })
  return row!
}

serve({ project, rebuild })
