import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import { generation } from '../../../projections/generations/generation.ts'
import { createGeneration } from '../../../projections/generations/generations.ts'
import { migrate, SCHEMA_VERSION } from '../../../projections/forms/migrations.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import { pointReadersAt } from '../../../projections/views/create-views.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { insertEvents } from './migrated-store.ts'

describe('migrations', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  const opened: ReadModelStore[] = []

  beforeAll(async () => {
    directory = await temporaryDirectory()
  })
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()))
    await directory.remove()
  })

  let databases = 0
  const newDatabase = () => `database_${databases++}`
  const open = async (database: string): Promise<ReadModelStore> => {
    const store = await openChdbReadModelStore({ directory: directory.path, database })
    opened.push(store)
    return store
  }

  test('make a new database, and change nothing when repeated', async () => {
    const store = await open(newDatabase())
    const first = await migrate(store)
    await insertEvents(store, first, [loggedEvent(outcome('evt-1'))])
    expect(await migrate(store)).toEqual(first)
    expect(await store.query({ sql: `SELECT event_id FROM ${store.table('events')}` })).toEqual([{ event_id: 'evt-1' }])
    const versions = await store.query({
      sql: `SELECT version FROM ${store.table('schema_migrations')} ORDER BY version`,
    })
    expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => ({ version: index + 1 })))
  })

  test('agree on one generation, however many processes start at once', async () => {
    const database = newDatabase()
    const stores = await Promise.all([open(database), open(database), open(database)])
    const generations = await Promise.all([...stores, ...stores].map((store) => migrate(store)))
    expect(new Set(generations.map(({ id }) => id)).size).toBe(1)
    const [store] = stores
    const noted = await store.query({ sql: `SELECT id FROM ${store.table('generations')}` })
    expect(noted).toEqual([{ id: generations[0]!.id }])
  })

  test('give a database that was dropped and made anew another generation', async () => {
    const store = await open(newDatabase())
    const before = await migrate(store)
    await store.command({ sql: `DROP DATABASE ${store.database} SYNC` })
    expect((await migrate(store)).id).not.toBe(before.id)
  })

  test('take up where a process died half-way', async () => {
    const store = await open(newDatabase())
    const before = await migrate(store)
    await store.command({ sql: `DROP VIEW ${store.table('outcomes')}` })
    await store.command({ sql: `DROP VIEW ${store.table('events')}` })
    await store.command({ sql: `TRUNCATE TABLE ${store.table('schema_migrations')}` })
    await store.command({ sql: `TRUNCATE TABLE ${store.table('generations')}` })
    expect(await migrate(store)).toEqual(before)
    expect(await store.query({ sql: `SELECT event_id FROM ${store.table('outcomes')}` })).toEqual([])
  })

  test('refuse a database that a newer release made', async () => {
    const store = await open(newDatabase())
    await migrate(store)
    const newer = SCHEMA_VERSION + 1
    await store.command({ sql: `INSERT INTO ${store.table('schema_migrations')} SELECT ${newer}, 'later', now64(3)` })
    await expect(migrate(store)).rejects.toMatchObject({
      code: 'StorageError',
      retryable: false,
      message: expect.stringContaining(
        `made by a newer release: its version is ${newer}, and this release knows ${SCHEMA_VERSION}`,
      ) as string,
    })
  })

  test('say when the views of a database are not ours', async () => {
    const store = await open(newDatabase())
    await migrate(store)
    await store.command({ sql: `CREATE OR REPLACE VIEW ${store.table('events')} AS SELECT 1 AS event_id` })
    await expect(migrate(store)).rejects.toMatchObject({ code: 'StorageError' })
  })

  test('let readers move to another generation while they read', async () => {
    const store = await open(newDatabase())
    const first = await migrate(store)
    await insertEvents(store, first, [loggedEvent(outcome('old'))])
    const next = generation('0123456789ab')
    await createGeneration(store, next)
    await insertEvents(store, next, [loggedEvent(outcome('new'))])
    const ids = async () =>
      (await store.query<{ event_id: string }>({ sql: `SELECT event_id FROM ${store.table('outcomes')}` }))[0]
    expect(await ids()).toEqual({ event_id: 'old' })
    const reading = Promise.all(Array.from({ length: 40 }, ids))
    await pointReadersAt(store, next)
    const seen = new Set((await reading).map((row) => row?.event_id))
    expect([...seen].every((id) => id === 'old' || id === 'new')).toBe(true)
    expect(await ids()).toEqual({ event_id: 'new' })
    expect(await migrate(store)).toEqual(next)
  })
})
