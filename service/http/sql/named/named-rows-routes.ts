import type { z } from 'zod'
import { noNamedQuery } from '../../../../operations/named-queries/manage-named-queries.ts'
import { namedQueryFor } from '../../../../operations/named-queries/named-queries-of.ts'
import { readJson } from '../../body/read-json.ts'
import type { AskingParts } from '../../http-parts.ts'
import { questionRoute } from '../../query/question-route.ts'
import type { AnyRoute, Asked } from '../../route.ts'
import { answerSql, SQL_ANSWERS, SqlParameters } from '../sql-routes.ts'
import { ParametersBody, statementInQuery, type AskedStatement } from '../statement-of.ts'
import type { NamedQueries } from './named-queries.ts'
import { QueryName } from './named-place.ts'

const json = 'application/json'
type NameInPath = z.output<typeof QueryName>
type InQuery = z.output<typeof SqlParameters>

const COMMON = {
  tag: 'Analytics',
  params: QueryName,
  query: SqlParameters,
  answers: SQL_ANSWERS,
} as const

/** Asks statements by their names: as `/v1/sql` does, with the same rules, forms and limits. */
export function namedRowsRoutes(parts: AskingParts, queries: NamedQueries): AnyRoute[] {
  const maxBytes = parts.settings.SQL_STATEMENT_BYTES
  const find = async ({
    params: { name },
    query,
    caller,
  }: Pick<Asked<NameInPath, InQuery>, 'params' | 'query' | 'caller'>): Promise<AskedStatement> => {
    const { consistency: _, tenant_id, ...others } = query
    // Another tenant's own is none of a caller who is limited to one: it asks its own, about nobody's rows.
    const found = namedQueryFor(await queries.recent(), name, caller.tenant ?? tenant_id)
    if (found === undefined) throw noNamedQuery(name)
    return statementInQuery(found.sql, others, maxBytes)
  }
  return [
    questionRoute(parts, {
      ...COMMON,
      method: 'GET',
      path: '/v1/sql/named/{name}/rows',
      summary: 'Ask a named query',
      description: 'Its rows, as `/v1/sql` answers them. Values of `{name:Type}` are parameters `param_name`.',
      examples: [
        {
          summary: 'Ask a stored question with a value',
          path: '/v1/sql/named/pass-rate/rows?param_since=2026-01-01',
        },
      ],
      answer: async (asked) => {
        await answerSql(parts, asked, await find(asked))
      },
    }),
    questionRoute(parts, {
      ...COMMON,
      method: 'POST',
      path: '/v1/sql/named/{name}/rows',
      summary: 'Ask a named query, with values in JSON',
      description: 'Its rows, as `/v1/sql` answers them.',
      body: { description: 'Values of the parameters, by name.', content: { [json]: ParametersBody } },
      examples: [
        {
          summary: 'Ask a stored question with a value in JSON',
          path: '/v1/sql/named/pass-rate/rows',
          body: { type: json, text: '{"parameters":{"since":"2026-01-01 00:00:00"}}' },
        },
      ],
      answer: async (asked) => {
        const { text, parameters } = await find(asked)
        const { parameters: given = {} } = await readJson(asked.request, ParametersBody)
        await answerSql(parts, asked, { text, parameters: new Map([...parameters, ...Object.entries(given)]) })
      },
    }),
  ]
}
