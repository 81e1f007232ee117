import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import { nullable, string } from '../../../projections/columns/column-types.ts'
import { eventColumns } from '../../../projections/events/event-columns.ts'
import { word } from '../../../projections/events/detail-source.ts'
import { eventDetails } from '../../../projections/events/event-details.ts'
import { currentForm, projectionForm, type ProjectionForm } from '../../../projections/forms/form.ts'
import { generationNotice, writableColumns } from '../../../projections/generations/generation-columns.ts'
import { generation, newGenerationId, type Generation } from '../../../projections/generations/generation.ts'
import {
  createGeneration,
  dropGeneration,
  listGenerations,
  readModelId,
} from '../../../projections/generations/generations.ts'
import { migrate } from '../../../projections/forms/migrations.ts'
import { column, withFallback } from '../../../projections/columns/table-columns.ts'
import { liveGenerationId, pointReadersAt } from '../../../projections/views/create-views.ts'
import { withService } from '../../../service/cli/command-context.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { lmdb, settingsOf } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const hint = column(nullable(string), 'Where the value comes from, so that tests can tell')
const fromPayload = `concat('computed for ', JSONExtractString(payload, 'chain_id'))`

/** A release with another column, of outcomes; `changes` is what it gives another value. */
function release(hintColumn: typeof hint, changes: readonly string[] = []): ProjectionForm {
  const columns = { ...eventColumns, hint: hintColumn }
  return projectionForm({
    ...currentForm,
    changes,
    eventColumns: columns,
    eventDetails: { ...eventDetails, OutcomeRecorded: { ...eventDetails.OutcomeRecorded, hint: word('inserted') } },
  })
}

const additive = release(withFallback(hint, fromPayload))
const needingRebuild = release(hint)
const newer = release(hint, ['events: hint tells where values come from'])

describe('a release of another form', () => {
  const bench = new ServiceBench()

  /** A service of this release, which has projected one event. */
  const begin = async (environment = bench.newEnvironment(lmdb)): Promise<Service> => {
    const service = await bench.open(environment)
    await appendAndProject(service, 'old')
    return service
  }

  const appendAndProject = async (service: Service, id: string): Promise<void> => {
    await append(service, [outcome({ tenant_id: 'a', event_id: id })])
    await service.catchUp()
    await service.stopProjecting()
  }

  /** Projects an event as the other release does. */
  const projectAs = async (service: Service, form: ProjectionForm, id: string): Promise<void> => {
    const before = await countRows(service)
    const projector = bench.startProjector(service, { form })
    await append(service, [outcome({ tenant_id: 'a', event_id: id })])
    await until(async () => (await countRows(service)) === before + 1)
    await projector.stop()
    expect(projector.failures).toEqual([])
  }

  const hints = async ({ readModel: { store } }: Service): Promise<Record<string, unknown>> => {
    const rows = await store.query<{ event_id: string; hint: string | null }>({
      sql: `SELECT event_id, hint FROM ${store.table('events')} ORDER BY offset`,
    })
    return Object.fromEntries(rows.map(({ event_id, hint: value }) => [event_id, value]))
  }

  const columnsOf = async ({ readModel: { store } }: Service, name: string): Promise<string[]> => {
    const rows = await store.query<{ name: string }>({
      sql: 'SELECT name FROM system.columns WHERE database = {database:String} AND table = {name:String} ORDER BY position',
      params: { database: store.database, name },
    })
    return rows.map((row) => row.name)
  }

  const objects = ({ readModel: { store } }: Service, source: string): Promise<unknown[]> =>
    store.query({
      sql: `SELECT ${source} WHERE database = {database:String} ORDER BY ALL`,
      params: { database: store.database },
    })

  const newGenerationOf = async (service: Service, form: ProjectionForm): Promise<Generation> => {
    const made = generation(newGenerationId())
    await createGeneration(service.readModel.store, made, form)
    return made
  }

  const expectVerified = async (service: Service, events: number): Promise<void> => {
    expect(await service.verify()).toEqual({ events, differences: [] })
    await service.stopProjecting()
  }

  test('adds a column that old rows can compute, and rewrites nothing', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    const parts = 'table, name FROM system.parts'
    const before = await objects(service, parts)
    expect(await migrate(store, additive)).toEqual(live)
    expect(await generationNotice(store, live, additive)).toBeNull()
    expect(await objects(service, parts)).toEqual(before)
    await projectAs(service, additive, 'new')
    expect(await hints(service)).toEqual({ old: 'computed for chain-a', new: 'inserted' })
    await expectVerified(service, 2)
  })

  test('leaves projectors of the release before it running, after such a column came', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    await migrate(store, additive)
    const columns = await columnsOf(service, 'events')
    expect(await migrate(store)).toEqual(live)
    expect(await generationNotice(store, live)).toBeNull()
    expect(await columnsOf(service, 'events')).toEqual(columns)
    await appendAndProject(service, 'later')
    expect(await hints(service)).toMatchObject({ later: 'computed for chain-a' })
  })

  test('serves a generation that lacks a column, and says so', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    expect(await migrate(store, needingRebuild)).toEqual(live)
    expect(await generationNotice(store, live, needingRebuild)).toMatch(
      new RegExp(`generation ${live.id} \\(form 1\\) is served[^]*events: new hint[^]*run: experience-log rebuild$`),
    )
    expect(await columnsOf(service, live.eventsTable)).not.toContain('hint')
    await projectAs(service, needingRebuild, 'new')
    expect(await hints(service)).toEqual({ old: null, new: null })
    expect(await store.query({ sql: `SELECT event_id FROM ${store.table('outcomes')}` })).toHaveLength(2)
    await expectVerified(service, 2)
  })

  test('keeps its views when an older release starts beside it', async () => {
    const service = await begin()
    const { store } = service.readModel
    await migrate(store, needingRebuild)
    const views = await objects(service, 'name, uuid FROM system.tables')
    await migrate(store)
    expect(await objects(service, 'name, uuid FROM system.tables')).toEqual(views)
    expect(await hints(service)).toEqual({ old: null })
  })

  test('names what a new version changes', async () => {
    const { readModel } = await begin()
    await migrate(readModel.store, newer)
    const notice = await generationNotice(readModel.store, readModel.generation, newer)
    expect(notice).toContain('form 2: events: hint tells where values come from')
  })

  test('moves readers to a generation of its form, and back to one of an older form', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    await migrate(store, newer)
    const next = await newGenerationOf(service, newer)
    await pointReadersAt(store, next, newer)
    expect(await generationNotice(store, next, newer)).toBeNull()
    expect(await columnsOf(service, next.eventsTable)).toContain('hint')
    expect(await countRows(service)).toBe(0)
    await pointReadersAt(store, live, newer)
    expect(await hints(service)).toEqual({ old: null })
    expect(await migrate(store, newer)).toEqual(live)
    await expectVerified(service, 1)
  })

  test('adds what an older generation can compute when readers move back to it', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    const next = await newGenerationOf(service, additive)
    await pointReadersAt(store, next, additive)
    await pointReadersAt(store, live, additive)
    expect(await hints(service)).toEqual({ old: 'computed for chain-a' })
  })

  test('keeps older releases from projecting into its generation, which they may read', async () => {
    const environment = bench.newEnvironment(lmdb)
    const service = await begin(environment)
    for (const [form, words] of [
      [newer, /it has form 2, and this release knows 1/],
      [needingRebuild, /its table of events has columns that this release does not know: hint/],
    ] as const) {
      const { store } = service.readModel
      const made = await newGenerationOf(service, form)
      await pointReadersAt(store, made, form)
      const columns = await columnsOf(service, 'events')
      const restarted = await bench.open(environment)
      expect(restarted.readModel).toMatchObject({ generation: made, notice: expect.stringMatching(words) as unknown })
      expect(await columnsOf(restarted, 'events')).toEqual(columns)
      await expect(restarted.catchUp()).rejects.toMatchObject({
        code: 'FormMismatch',
        message: expect.stringMatching(words) as unknown,
      })
      expect(await countRows(restarted)).toBe(0)
      await bench.close(restarted)
    }
  })

  test('does not write into a column of another type', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    await store.command({
      sql: `ALTER TABLE ${store.table(live.eventsTable)} MODIFY COLUMN severity Nullable(Enum8('Low' = 1, 'High' = 3))`,
    })
    expect(await generationNotice(store, live)).toContain(
      'severity of another type: nothing is projected until the rebuild',
    )
    await expect(writableColumns(store, live)).rejects.toMatchObject({ code: 'FormMismatch' })
  })

  test('replaces no view that is as it should be', async () => {
    const service = await begin()
    const views = 'name, uuid FROM system.tables'
    const before = await objects(service, views)
    await migrate(service.readModel.store)
    expect(await objects(service, views)).toEqual(before)
    await migrate(service.readModel.store, needingRebuild)
    expect(await objects(service, views)).not.toEqual(before)
  })

  test('may start in several processes at once', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    const other = await openChdbReadModelStore({
      directory: `${bench.place.directory}/clickhouse`,
      database: store.database,
    })
    try {
      const migrated = await Promise.all([store, other, store, other].map((each) => migrate(each, additive)))
      expect(migrated).toEqual([live, live, live, live])
    } finally {
      await other.close()
    }
    expect(await hints(service)).toEqual({ old: 'computed for chain-a' })
  })

  test('from before records told their sequence is filled as it is, and gets the column at the next start', async () => {
    const service = await begin()
    const { store, generation: live } = service.readModel
    await store.command({ sql: `ALTER TABLE ${store.table(live.eventsTable)} DROP COLUMN sequence` })
    const { sequence: _, ...earlierColumns } = eventColumns
    await pointReadersAt(store, live, { ...currentForm, eventColumns: earlierColumns as typeof eventColumns })
    await projectAs(service, currentForm, 'new')
    await migrate(store)
    const sql = `SELECT event_id, sequence FROM ${store.table('events')} ORDER BY offset`
    expect(await store.query({ sql })).toEqual([
      { event_id: 'old', sequence: 0 },
      { event_id: 'new', sequence: 0 },
    ])
  })

  test('is told of at every start of a command, on standard error', async () => {
    const environment = bench.newEnvironment(lmdb)
    const service = await begin(environment)
    const { store, generation: live } = service.readModel
    const settings = settingsOf(environment)
    await store.command({ sql: `ALTER TABLE ${store.table(live.eventsTable)} DROP COLUMN severity` })
    await bench.close(service)
    const stderr = new PassThrough()
    const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, cwd: '.', open: null }
    await withService({ settings, ...streams, stopped: new AbortController().signal }, async (opened) => {
      await opened.catchUp()
    })
    expect(String(stderr.read())).toMatch(/events: new severity[^]*run: experience-log rebuild\n$/)
  })
})

describe('generations', () => {
  const bench = new ServiceBench()

  test('are listed with their forms and sizes, and dropped with all that they have', async () => {
    const service = await bench.open(bench.newEnvironment(lmdb))
    await append(service, [outcome(), outcome()])
    await service.catchUp()
    const { store, generation: live } = service.readModel
    const made = generation(newGenerationId())
    await createGeneration(store, made, newer)
    expect(await listGenerations(store)).toEqual([
      {
        generation: live,
        createdAt: expect.any(Number) as number,
        form: 1,
        events: 2,
        deadLetters: 0,
        bytes: expect.any(Number) as number,
      },
      { generation: made, createdAt: expect.any(Number) as number, form: 2, events: 0, deadLetters: 0, bytes: 0 },
    ])
    await expect(dropGeneration(store, live)).rejects.toMatchObject({ code: 'StorageError' })
    await dropGeneration(store, made)
    await dropGeneration(store, made)
    expect((await listGenerations(store)).map((each) => each.generation)).toEqual([live])
    const left = await store.query({
      sql: 'SELECT name FROM system.tables WHERE database = {database:String} AND endsWith(name, {id:String})',
      params: { database: store.database, id: made.id },
    })
    expect(left).toEqual([])
    expect(await liveGenerationId(store)).toBe(live.id)
  })

  test('of a new database begin with the id of the read model', async () => {
    const service = await bench.open(bench.newEnvironment(lmdb))
    expect(await readModelId(service.readModel.store)).toBe(service.readModel.generation.id)
  })
})
