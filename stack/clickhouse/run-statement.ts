import { createHash, randomUUID } from 'node:crypto'
import { unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChdbResult, Session } from 'chdb'
import { quoteText } from '../../base/quote-sql.ts'
import type { Engine } from './engine.ts'
import type { NamedSessions } from './named-sessions.ts'
import type { ServerRequest } from './read-request.ts'
import { ServerError } from './server-error.ts'
import { splitStatement, type SplitStatement } from './split-statement.ts'

export interface Answer {
  readonly result: ChdbResult
  readonly format: string
}

type Insert = Extract<SplitStatement, { kind: 'insert' }>

/** Runs what a request asks for. The signal says that nobody waits for the answer any more. Errors: ServerError, or the engine's. */
export async function runStatement(
  engine: Engine,
  sessions: NamedSessions,
  request: ServerRequest,
  clientGone: AbortSignal,
): Promise<Answer> {
  const statement = splitStatement(request.statement)
  // Whatever changes data is brought to its end once it has been received in full, as by ClickHouse's server.
  const signal = statement.kind === 'other' && statement.reads ? clientGone : new AbortController().signal
  const format = (statement.kind === 'other' ? statement.format : null) ?? request.defaultFormat
  const run = async (session: Session): Promise<ChdbResult> =>
    statement.kind === 'insert'
      ? insert(engine, session, statement)
      : engine.run(session, statement.sql, request.defaultFormat, signal)

  const settings = new Map([...(statement.kind === 'insert' ? insertSettings(statement) : []), ...request.settings])
  const result = await engine.inTurn(clientGone, async () => {
    if (request.session !== null) {
      if (request.method === 'GET') refuseWriting(statement)
      return sessions.use(request.session, async (session) => {
        const restore = await rememberSettings(session, [...settings.keys()])
        try {
          await prepare(session, request, settings)
          return await run(session)
        } finally {
          await restore()
        }
      })
    }
    const session = await engine.openSession()
    try {
      // Not to be lifted again, and so for sessions that end with the request only.
      if (request.method === 'GET') await session.queryAsync('SET readonly = 2')
      await prepare(session, request, settings)
      return await run(session)
    } finally {
      session.close()
    }
  })
  return { result, format }
}

/** What the URL says goes before the statement: what the statement says itself is then the stronger. */
async function prepare(
  session: Session,
  { database, parameters }: ServerRequest,
  settings: ReadonlyMap<string, string>,
): Promise<void> {
  const statements = [
    ...(database === null ? [] : [`USE \`${database.replaceAll(/[`\\]/g, '\\$&')}\``]),
    ...(settings.size === 0
      ? []
      : [`SET ${Array.from(settings, ([name, value]) => `${word(name)} = ${quoteText(value)}`).join(', ')}`]),
    ...Array.from(parameters, ([name, value]) => `SET param_${word(name)} = ${quoteText(value)}`),
  ]
  if (statements.length > 0) await session.queryAsync(statements.join(';'))
}

/** A session's own settings must not change with those of one request. */
async function rememberSettings(session: Session, names: readonly string[]): Promise<() => Promise<void>> {
  if (names.length === 0) return async () => undefined
  const sql = `SELECT name, value, changed FROM system.settings WHERE name IN (${names.map(quoteText).join(', ')})`
  const rows = (await session.queryAsync(sql, { format: 'JSONCompactEachRow' })).text().trimEnd()
  const before = rows === '' ? [] : rows.split('\n').map((row) => JSON.parse(row) as [string, string, number])
  const sets = before.map(([name, value, changed]) => `SET ${name} = ${changed ? quoteText(value) : 'DEFAULT'}`)
  return async () => {
    if (sets.length > 0) await session.queryAsync(sets.join(';'))
  }
}

function refuseWriting(statement: SplitStatement): void {
  if (statement.kind === 'other' && statement.reads) return
  throw new ServerError(164, 'READONLY', 'default: Cannot execute query in readonly mode')
}

function word(name: string): string {
  if (!/^\w+$/.test(name)) throw new ServerError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`)
  return name
}

/**
 * An insert from a file is an INSERT SELECT to the engine. These settings, below those of the client, make it behave as an insert
 * of rows that follow the statement:
 *
 * - The columns' types come from the table.
 * - One thread writes, so that rows keep together in blocks as large as allowed, in their order.
 * - The engine takes a hash of the rows for a token only in an insert of rows, so the token is made here.
 */
function insertSettings({ head, format, rows }: Insert): [name: string, value: string][] {
  const token = createHash('sha256').update(`${head}\n${format}\n`).update(rows).digest('hex')
  return [
    ['use_structure_from_insertion_table_in_table_functions', '1'],
    ['max_insert_threads', '1'],
    ['max_threads', '1'],
    ['insert_deduplication_token', token],
  ]
}

/** By way of a file: rows within the statement, the engine may read as statements; and behind FROM INFILE it reads standard input. */
async function insert(engine: Engine, session: Session, { head, format, rows }: Insert): Promise<ChdbResult> {
  const file = join(engine.insertFiles, randomUUID())
  await writeFile(file, rows)
  try {
    return await session.queryAsync(`${head} SELECT * FROM file(${quoteText(file)}, ${quoteText(format)})`)
  } finally {
    await unlink(file)
  }
}
