import { asking } from '../../questions/asking.ts'
import type { FreshnessTold } from '../../http/query/consistency.ts'
import type { AskingParts } from '../../http/http-parts.ts'
import type { Place } from '../../http/query/question-route.ts'
import { clientStatement } from '../../../queries/sql/client-statement.ts'
import { describedSql } from '../../../queries/sql/commands/described.ts'
import { TABLE_FILTERS } from '../../../queries/sql/table-filters.ts'
import type { SqlCatalog } from '../../../queries/sql/names.ts'
import type { SqlTenant } from '../../../queries/sql/print/tenant-view.ts'
import { askSql, sqlLimits } from '../../sql/ask-sql.ts'
import { refusedByLists } from '../../sql/sql-refusal.ts'
import { callersFault } from '../door-error.ts'
import type { DoorRequest } from '../request/door-request.ts'
import { judgeSettings } from '../request/judge-settings.ts'
import { inRevision } from '../protocol/native-revision.ts'
import { answerFormat, withoutFigures } from './answer-formats.ts'
import type { DoorAnswer } from './send-answer.ts'

/** Where a statement is asked. */
export interface AskedAt {
  readonly tenant: SqlTenant
  /** For a statement in a session in which time is told so. */
  readonly catalog: (timezone: string) => SqlCatalog
  /** Ends the caller's statement of that id. */
  readonly kill: (queryId: string) => void
  /** Waits until the tables hold what the answer has to see, where it reads them. */
  readonly placeFor: (consistency: FreshnessTold['consistency'] | undefined) => Promise<Place>
}

/** Answers a statement of a client. Errors: `SqlRefusal`, `DoorError`, those of `placeFor` and of the store. */
export async function answerStatement(
  { settings }: AskingParts,
  request: DoorRequest,
  { tenant, catalog, kill, placeFor }: AskedAt,
): Promise<DoorAnswer> {
  const most = sqlLimits(settings, 'error')
  const { statement: text, parameters } = request
  const early = judgeSettings(request.settings.filter(isJudged), most)
  const question = { text, tenant, parameters, settings: request.settings }
  const statement = clientStatement(question, catalog(early.timezone))
  if (statement.kind === 'refused') throw refusedByLists(text, statement.faults)
  const format = answerFormat(statement.format ?? request.defaultFormat)
  const { engine, limits, timezone } = judgeSettings(statement.settings, most)
  if (statement.kind === 'nothing' || statement.kind === 'kill') {
    if (statement.kind === 'kill') kill(statement.queryId)
    else if (judgeSettings(statement.lasting, most).matter) throw nothingLasts()
    return { format, timezone, body: Buffer.alloc(0) }
  }
  const place = await placeFor(statement.readsViews ? consistencyIn(request) : 'eventual')
  const { store } = asking('clickhouse', place.queries)
  const sql = statement.kind === 'select' ? statement.sql : await described(statement.sql)
  const body = await askSql(store, { sql, tenant, format, settings: engine, limits })
  place.checkStillIn()
  const told = format === 'Native' ? inRevision(body, request.protocolVersion) : withoutFigures(format, body)
  return { format, timezone, body: told }

  async function described(of: string): Promise<string> {
    const columnsAlone = { ...limits, rows: 0, more: 'none' } as const
    const written = await askSql(store, {
      sql: of,
      tenant,
      format: 'JSONCompactEachRowWithNamesAndTypes',
      limits: columnsAlone,
    })
    const [names = '[]', types = '[]'] = written.toString().split('\n')
    const typeOf = JSON.parse(types) as string[]
    return describedSql((JSON.parse(names) as string[]).map((name, at) => ({ name, type: typeOf[at]! })))
  }
}

/** Filters of tables are read with the statement. */
function isJudged({ name }: DoorRequest['settings'][number]): boolean {
  return name !== TABLE_FILTERS
}

function consistencyIn({ consistency }: DoorRequest): FreshnessTold['consistency'] | undefined {
  if (consistency === null) return undefined
  if (consistency === 'latest' || consistency === 'eventual') return consistency
  throw callersFault(36, 'BAD_ARGUMENTS', 'consistency: must be latest or eventual')
}

function nothingLasts(): Error {
  return callersFault(
    36,
    'BAD_ARGUMENTS',
    'sessions keep nothing: send settings with each statement, in the URL or behind SETTINGS',
  )
}
