import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { statementFor } from '../../unit/queries/sql/catalog.ts'
import { loggedEvent } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

const document = await readFile(join(import.meta.dirname, '../../../docs/sql.md'), 'utf8')
const examples = [...document.matchAll(/^```sql\n(.*?)^```/gms)].map(([, sql]) => sql!.trim())

describe('examples of docs/sql.md', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    const events = simulateFleet({ seed: 3, events: 20_000, tenants: ['nordbank', 'helios.energy', null] })
    await migrated.insert([...events].map((each) => loggedEvent(each)))
  })
  afterAll(() => migrated.dispose())

  test('are found', () => expect(examples.length).toBeGreaterThan(10))

  test.each(examples)('%s', async (sql) => {
    expect((await migrated.store.query({ sql })).length).toBeGreaterThan(0)
    if (sql.includes('system.')) return
    const statement = statementFor(sql, {}, { kind: 'one', tenant: 'nordbank' })
    if (statement.kind === 'refused') throw new Error(JSON.stringify(statement.faults))
    expect((await migrated.store.query({ sql: statement.sql })).length).toBeGreaterThan(0)
  })
})
