import { ExperienceError } from '../../base/experience-error.ts'
import { EngineFault } from '../clickhouse/engine-fault.ts'
import type { ReadModelStore, Statement } from '../read-model-store.ts'
import { readableViews } from '../views/readable-views.ts'
import { doorSettings } from './door-settings.ts'
import type { SqlDoor } from './sql-door.ts'
import { tenantCondition } from './tenant-condition.ts'
import { sealKey, TENANT_SETTING } from './tenant-seal.ts'
import { faultWords, type PolicyRow, type SettingRow, type Told, type WallFacts } from './wall-facts.ts'

/** Who asks a server about its wall. */
export interface WallAskers {
  /** As the service's own user. */
  readonly own: Pick<ReadModelStore, 'database' | 'table' | 'query'>
  /** As the door's user, who says no tenant. */
  readonly asDoor: <Row>(statement: Statement) => Promise<Row[]>
  /** A question about nothing, as the door's user, in every way as the questions of others go out. */
  readonly question: () => Promise<unknown>
}

/** Tables of `system` that show statements, rows and users of others: those open to everybody are not among them. */
const TELLING = [
  'processes',
  'query_log',
  'query_thread_log',
  'query_views_log',
  'user_query_log',
  'text_log',
  'trace_log',
  'session_log',
  'part_log',
  'parts',
  'parts_columns',
  'row_policies',
  'users',
  'errors',
]

/** Looks at what a server does as a wall. It changes nothing. Errors: those of the service's own statements; what the door's user is refused is a fact. */
export async function lookAtWall({ own, asDoor, question }: WallAskers, door: SqlDoor): Promise<WallFacts> {
  const of = { database: own.database }
  const inDatabase = async (sql: string): Promise<string[]> =>
    (await own.query<{ name: string }>({ sql, params: of })).map(({ name }) => name)
  const [server] = await own.query<{ release: string; filter: string }>({
    sql: `SELECT version() AS release, ${printed('{condition:String}')} AS filter`,
    params: { condition: tenantCondition(sealKey(door.password)) },
  })
  const tables = await inDatabase(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'
      AND (startsWith(name, 'events_') OR startsWith(name, 'dead_letters_')) ORDER BY name`,
  )
  const made = new Set(await inDatabase('SELECT name FROM system.tables WHERE database = {database:String}'))
  const views = [...readableViews.keys()].filter((name) => made.has(name))
  return {
    release: server!.release,
    wantedFilter: server!.filter,
    policies: await toldOf(() =>
      own.query<PolicyRow>({
        sql: `SELECT short_name, table, ${printed("ifNull(select_filter, '')")} AS filter, is_restrictive, apply_to_all,
          apply_to_list, apply_to_except FROM system.row_policies WHERE database = {database:String}`,
        params: of,
      }),
    ),
    definerViews: await inDatabase(
      `SELECT name FROM system.tables WHERE database = {database:String} AND engine = 'View'
        AND match(create_table_query, ' SQL SECURITY (DEFINER|NONE) ') ORDER BY name`,
    ),
    grants: await toldOf(async () => {
      const rows = await asDoor<Record<string, string>>({ sql: 'SHOW GRANTS' })
      // The column is called after the statement.
      return rows.flatMap((row) => Object.values(row))
    }),
    settings: await toldOf(() =>
      asDoor<SettingRow>({
        sql: `SELECT name, value, readonly, max FROM system.settings WHERE name IN {names:Array(String)}`,
        params: { names: doorSettings(door).map(({ name }) => name) },
      }),
    ),
    tenant: await toldOf(async () => {
      const [row] = await asDoor<{ tenant: string }>({ sql: `SELECT getSetting('${TENANT_SETTING}') AS tenant` })
      return row!.tenant
    }),
    seen: await toldOf(async () => {
      const sources = [...views, ...tables].map(
        (name) => `SELECT '${name}' AS name FROM (SELECT 1 FROM ${own.table(name)} LIMIT 1)`,
      )
      if (sources.length === 0) return []
      const rows = await asDoor<{ name: string }>({ sql: sources.join(' UNION ALL ') })
      return rows.map(({ name }) => name)
    }),
    systemTables: await toldOf(async () => {
      const rows = await asDoor<{ name: string }>({
        sql: `SELECT name FROM system.tables WHERE database = 'system' AND name IN {names:Array(String)} ORDER BY name`,
        params: { names: TELLING },
      })
      return rows.map(({ name }) => name)
    }),
    question: await toldOf(question),
  }
}

/** An expression's text as the server prints it, so that two can be compared. */
function printed(text: string): string {
  return `formatQuerySingleLineOrNull(concat('SELECT ', ${text}))`
}

async function toldOf<Answer>(ask: () => Promise<Answer>): Promise<Told<Answer>> {
  try {
    return { answer: await ask() }
  } catch (error) {
    if (!(error instanceof ExperienceError) || !(error.cause instanceof EngineFault) || error.retryable) throw error
    return { refused: faultWords(error.cause) }
  }
}
