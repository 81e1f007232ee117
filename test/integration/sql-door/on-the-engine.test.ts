import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quoteText } from '../../../base/quote-sql.ts'
import type { ForeignTenant } from '../../../projections/read-model-store.ts'
import { doorSettings } from '../../../projections/sql-door/door-settings.ts'
import { lookAtWall } from '../../../projections/sql-door/look-at-wall.ts'
import { setupStatements } from '../../../projections/sql-door/setup-statements.ts'
import { tenantCondition } from '../../../projections/sql-door/tenant-condition.ts'
import { sealedTenant, sealKey } from '../../../projections/sql-door/tenant-seal.ts'
import { judgeWall } from '../../../projections/sql-door/wall-faults.ts'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { KNOWN_SETTINGS } from '../../../service/clickhouse-door/request/known-settings.ts'
import { door as anyDoor } from '../../unit/projections/sql-door/door.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'

const door = {
  ...anyDoor,
  chosen: [...KNOWN_SETTINGS].filter(([, { kind }]) => kind === 'engine').map(([name]) => name),
}
const KEY = sealKey(door.password)
const TENANTS = ['acme', 'rival', '*', "ünï'\\x", '=acme', '']

/** The embedded engine has neither users nor row policies: what can be tried here is that it reads the statements, and computes the condition. */
describe("the server's wall, as far as an engine without users goes", () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    await migrated.store.command({
      sql: `INSERT INTO ${migrated.store.table(migrated.generation.eventsTable)} (tenant_id, kind, event_id, instant, offset)
        SELECT arrayJoin([${TENANTS.map(quoteText).join(', ')}]), 'OutcomeRecorded', toString(number), now64(9), number FROM numbers(20000)`,
    })
  })
  afterAll(() => migrated.dispose())

  const rows = <Row>(sql: string, params = {}): Promise<Row[]> => migrated.store.query<Row>({ sql, params })

  test('it reads every statement of the setup, and prints the parts that matter', async () => {
    const statements = setupStatements('experience_log', door, 'writer')
    const printed = await rows<{ at: number; text: string | null }>(
      'SELECT rowNumberInAllBlocks() AS at, formatQuerySingleLineOrNull(arrayJoin({statements:Array(String)})) AS text',
      { statements: statements.map(({ sql }) => sql) },
    )
    const texts = printed.map(({ text }) => text)
    expect(texts).toHaveLength(statements.length)
    expect(texts).not.toContain(null)
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^ALTER USER analysts .*DROP ALL SETTINGS, DROP ALL PROFILES, ADD SETTINGS .*readonly = 1 CONST.* max_execution_time = 10 MIN 1 MAX 10 CHANGEABLE_IN_READONLY/,
        ),
        expect.stringMatching(/ON experience_log\.\* AS RESTRICTIVE FOR SELECT USING .* TO analysts$/),
        expect.stringMatching(/ON experience_log\.\* AS PERMISSIVE FOR SELECT USING 1 TO ALL$/),
        'GRANT SELECT ON experience_log.events TO analysts',
        'GRANT SELECT ON experience_log.events_* TO analysts',
        'GRANT SHOW ROW POLICIES ON *.* TO writer',
      ]),
    )
    expect(JSON.stringify(statements)).not.toContain(door.password)
    // Nobody is without a policy, and nothing is granted before the restriction.
    const at = (part: string): number => statements.findIndex(({ sql }) => sql.includes(part))
    const order = ['REVOKE', 'PERMISSIVE', 'RESTRICTIVE', 'GRANT SELECT'].map(at)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  test('the settings have the values by which the check knows them', async () => {
    const constant = doorSettings(door).filter(({ isConstant, name }) => isConstant && name !== 'readonly')
    const list = constant.map(({ name, value }) => `${name} = ${typeof value === 'number' ? value : quoteText(value!)}`)
    const found = await rows<{ name: string; value: string }>(
      `SELECT name, value FROM system.settings WHERE name IN {names:Array(String)} SETTINGS ${list.join(', ')}`,
      { names: constant.map(({ name }) => name) },
    )
    expect(Object.fromEntries(found.map(({ name, value }) => [name, value]))).toEqual(
      Object.fromEntries(constant.map(({ name, value }) => [name, String(value)])),
    )
  })

  test('every view that may be selected from has the column of the policy', async () => {
    const found = await rows<{ holder: string }>(
      "SELECT table AS holder FROM system.columns WHERE database = {database:String} AND name = 'tenant_id'",
      { database: migrated.store.database },
    )
    expect(found.map(({ holder }) => holder)).toEqual(expect.arrayContaining([...readableViews.keys()]))
  })

  // The engine knows no setting of ours, but has one that holds any text.
  const condition = tenantCondition(KEY, 'log_comment')
  const seenWith = async (value: string): Promise<string[]> => {
    const filters = `{${quoteText(`${migrated.store.database}.${migrated.generation.eventsTable}`)}: ${quoteText(condition)}}`
    const found = await rows<{ tenant: string }>(
      `SELECT tenant_id AS tenant FROM ${migrated.store.table('outcomes')} GROUP BY tenant ORDER BY tenant
        SETTINGS log_comment = ${quoteText(value)}, additional_table_filters = ${filters}`,
    )
    return found.map(({ tenant }) => tenant)
  }
  const one = (tenant: string): ForeignTenant => ({ kind: 'one', tenant })

  test('as a filter of the table, the condition shows the tenant that is vouched for', async () => {
    for (const tenant of TENANTS) expect(await seenWith(sealedTenant(KEY, one(tenant)))).toEqual([tenant])
    expect(await seenWith(sealedTenant(KEY, one('nobody')))).toEqual([])
    expect(await seenWith(sealedTenant(KEY, { kind: 'all' }))).toEqual(TENANTS.toSorted())
  })

  test('and nothing where nobody vouches for it', async () => {
    const acme = sealedTenant(KEY, one('acme'))
    const seal = acme.slice(0, 64)
    const forged = [
      '',
      '*',
      '=acme',
      sealedTenant(KEY, { kind: 'none' }),
      sealedTenant(sealKey('another password of some length'), one('acme')),
      `${seal}=rival`,
      `${seal}*`,
      `${seal}=`,
      `${seal}=acme,rival`,
      seal,
      acme.slice(0, -1),
      acme.toUpperCase(),
      `${'0'.repeat(64)}=acme`,
    ]
    for (const value of forged) expect({ value, seen: await seenWith(value) }).toEqual({ value, seen: [] })
  })

  test('the primary key serves the condition', async () => {
    const plan = await rows<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT count() FROM ${migrated.store.table(migrated.generation.eventsTable)} WHERE ${condition}
        SETTINGS log_comment = ${quoteText(sealedTenant(KEY, one('acme')))}, optimize_use_projections = 0`,
    )
    const text = plan.map(({ explain }) => explain).join('\n')
    expect(text).toMatch(/PrimaryKey[^]*tenant_id in \['acme', 'acme'\]/)
  })

  test('the check can be asked of an engine, and finds that this one is no wall', async () => {
    const { store } = migrated
    const asDoor = store.query.bind(store)
    const facts = await lookAtWall({ own: store, asDoor, question: async () => null }, door)
    expect(facts).toMatchObject({
      release: expect.stringMatching(/^26\./) as string,
      definerViews: [],
      policies: { refused: 'ACCESS_DENIED (code 497)' },
      tenant: { refused: 'UNKNOWN_SETTING (code 115)' },
      seen: { answer: expect.arrayContaining(['events', 'outcomes', migrated.generation.eventsTable]) as string[] },
      systemTables: { answer: expect.arrayContaining(['processes', 'parts']) as string[] },
    })
    expect(facts.wantedFilter).toMatch(/^SELECT /)
    expect('answer' in facts.settings && facts.settings.answer.length).toBe(doorSettings(door).length - 1)
    expect(judgeWall(store.database, door, facts).unsafe.length).toBeGreaterThan(5)
  })
})
