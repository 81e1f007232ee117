import { z } from 'zod'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { analystStatement } from '../../../queries/sql/analyst-statement.ts'
import { viewsAlone } from '../../../queries/sql/names.ts'
import type { SqlFault } from '../../../queries/sql/sql-fault.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { asking } from '../../questions/asking.ts'
import { askSql, sqlLimits, sqlTenant } from '../../sql/ask-sql.ts'
import { refusedByLists, SqlRefusal } from '../../sql/sql-refusal.ts'
import { NDJSON } from '../answers/send-lines.ts'
import { tenantAskedFor } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'
import type { AskingParts } from '../http-parts.ts'
import { Reading } from '../query/consistency.ts'
import { freshnessSchema } from '../query/event-answer-schemas.ts'
import { questionRoute, type AskedQuestion } from '../query/question-route.ts'
import { accepts } from '../register-route.ts'
import type { AnswerDescription, AnyRoute } from '../route.ts'
import { BINARY_FORMATS } from './binary/binary-formats.ts'
import { TEXT_FORMATS, type RowsQuestion } from './sql-formats.ts'
import { StatementBody, statementInBody, statementInQuery, type AskedStatement } from './statement-of.ts'

const COUNT_HEADER = 'experience-rows'
const CUT_HEADER = 'experience-cut'

/** Whatever else is there is a parameter of the statement, or a slip. */
export const SqlParameters = z
  .object({
    consistency: Reading.shape.consistency,
    tenant_id: optional(string).describe(
      'Tenant whose rows the views hold; none means those of all that the key may see',
    ),
  })
  .catchall(z.unknown())
const SqlInQuery = SqlParameters.extend({ sql: z.string().describe('The statement: one SELECT') })

const BYTES = { type: 'string', format: 'binary' } as const

export const SQL_ANSWERS: Readonly<Record<number, AnswerDescription>> = {
  200: {
    description:
      'The rows. `cut` (in CSV, Parquet and Arrow the header `Experience-Cut`) tells that there are more of them than an answer may have. As lines: an object ' +
      'a row, and last a line with `count`, without which an answer is not whole.',
    content: {
      'application/json': {
        type: 'object',
        required: ['columns', 'rows', 'count', 'cut', 'freshness'],
        properties: {
          columns: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'type'],
              properties: { name: { type: 'string' }, type: { type: 'string', description: "ClickHouse's" } },
            },
          },
          rows: { type: 'array', items: { type: 'array', items: {} } },
          count: { type: 'integer' },
          cut: { type: 'boolean' },
          freshness: freshnessSchema,
        },
      },
      [NDJSON]: { type: 'object' },
      'text/csv': { type: 'string' },
      'application/vnd.apache.parquet': BYTES,
      'application/vnd.apache.arrow.stream': BYTES,
    },
    headers: {
      'Experience-Rows': { description: 'Rows of the answer', schema: { type: 'integer' } },
      'Experience-Cut': { description: 'Whether there are more', schema: { type: 'boolean' } },
    },
  },
}

const COMMON = {
  tag: 'Analytics',
  description:
    'A SELECT of the documented views (docs/sql.md), which hold the rows of the tenant alone. Values of `{name:Type}` are parameters ' +
    '`param_name`. The header Accept asks for lines, CSV, Parquet or Arrow.',
  answers: SQL_ANSWERS,
} as const

/** SQL over the views. */
export function sqlRoutes(parts: AskingParts): AnyRoute[] {
  const maxBytes = parts.settings.SQL_STATEMENT_BYTES
  return [
    questionRoute(parts, {
      ...COMMON,
      method: 'POST',
      path: '/v1/sql',
      summary: 'Ask in SQL',
      query: SqlParameters,
      body: {
        description: 'The statement as text, or JSON with its parameters.',
        content: { 'application/json': StatementBody, 'text/plain': { type: 'string' } },
      },
      examples: [
        {
          summary: 'Count outcomes by backend',
          body: {
            type: 'application/json',
            text: '{"sql":"SELECT backend, count() AS outcomes FROM outcomes WHERE instant >= {since:String} GROUP BY backend","parameters":{"since":"2026-01-01 00:00:00"}}',
          },
        },
      ],
      answer: async (asked) => {
        const { consistency: _, tenant_id: __, ...others } = asked.query
        await answerSql(parts, asked, await statementInBody(asked.request, others, maxBytes))
      },
    }),
    questionRoute(parts, {
      ...COMMON,
      method: 'GET',
      path: '/v1/sql',
      summary: 'Ask in SQL, shortly',
      query: SqlInQuery,
      examples: [{ summary: 'Count events', path: '/v1/sql?sql=SELECT%20count()%20FROM%20events' }],
      answer: async (asked) => {
        const { consistency: _, tenant_id: __, sql, ...others } = asked.query
        await answerSql(parts, asked, statementInQuery(sql, others, maxBytes))
      },
    }),
  ]
}

/** Sends the answer to a statement. Error: 400, which tells all that is wrong with it. */
export async function answerSql(
  { settings }: AskingParts,
  { request, reply, caller, placeFor, query }: AskedQuestion<unknown, z.output<typeof SqlParameters>>,
  { text, parameters }: AskedStatement,
): Promise<void> {
  const format =
    [...TEXT_FORMATS, ...BINARY_FORMATS].find(({ type }) => accepts(request, bare(type))) ?? TEXT_FORMATS[0]
  const catalog = viewsAlone(settings.CLICKHOUSE_DATABASE, readableViews)
  const tenant = sqlTenant(tenantAskedFor(caller, query.tenant_id))
  const statement = analystStatement({ text, parameters, tenant }, catalog)
  if (statement.kind === 'refused') throw refusedStatement(text, statement.faults)
  const place = await placeFor(query.tenant_id, { consistency: query.consistency, as_of: null })
  const { store } = asking('sql', place.queries)
  const ask = ({ rows, more, ...question }: RowsQuestion): Promise<Buffer> =>
    askSql(store, { ...question, tenant, limits: { ...sqlLimits(settings, more), rows } }).catch((error: unknown) => {
      throw error instanceof SqlRefusal ? httpErrorOfRefusal(error) : error
    })
  const asked = { sql: statement.sql, mostRows: settings.SQL_RESULT_ROWS, freshness: place.freshness, ask }
  const { body, count, isCut } = await format.answer(asked)
  place.checkStillIn()
  void reply.header(COUNT_HEADER, String(count)).header(CUT_HEADER, String(isCut)).type(format.type).send(body)
}

/** A content type without its parameters. */
function bare(type: string): string {
  return type.split(';', 1)[0]!
}

/** The answer to a statement that is wrong: every fault, at its place. */
export function refusedStatement(text: string, faults: readonly SqlFault[]): HttpError {
  return httpErrorOfRefusal(refusedByLists(text, faults))
}

/** The number is ClickHouse's where the engine found the fault: what our lists find has places instead. */
function httpErrorOfRefusal(refusal: SqlRefusal): HttpError {
  const { faults, number, message } = refusal
  if (faults === undefined)
    return new HttpError(400, 'InvalidQuery', `sql: ${message} (ClickHouse ${number})`, {
      field: 'sql',
      cause: refusal,
    })
  const more = faults.length > 1 ? ': see faults' : ''
  return new HttpError(400, 'InvalidQuery', `sql: ${message}${more}`, { field: 'sql', faults })
}
