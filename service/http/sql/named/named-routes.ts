import { z } from 'zod'
import type { OperationsLog } from '../../../../operations/log/operations-log.ts'
import {
  deleteNamedQuery,
  noNamedQuery,
  ownNamedQuery,
  storeNamedQuery,
} from '../../../../operations/named-queries/manage-named-queries.ts'
import { namedQueryFor } from '../../../../operations/named-queries/named-queries-of.ts'
import { readableViews } from '../../../../projections/views/readable-views.ts'
import { viewsAlone } from '../../../../queries/sql/names.ts'
import { storedStatement } from '../../../../queries/sql/stored-statement.ts'
import { sendJson } from '../../answers/send-json.ts'
import { readJson } from '../../body/read-json.ts'
import type { HttpParts } from '../../http-parts.ts'
import { audited } from '../../operate/audited.ts'
import { route, type AnyRoute } from '../../route.ts'
import { refusedStatement } from '../sql-routes.ts'
import { namedQuerySchema, shownNamedQuery } from './named-answers.ts'
import type { NamedQueries } from './named-queries.ts'
import { QueryName, whoseQuery, WhoseQuery } from './named-place.ts'

const json = 'application/json'

const NewNamedQuery = z
  .strictObject({
    sql: z.string().describe('The statement: one SELECT'),
    description: z.string().max(1000).default('').describe('What it is for, in words'),
  })
  .meta({ id: 'NewNamedQuery' })

/** Stores, shows and deletes statements under names. */
export function namedQueryRoutes(
  { settings }: Pick<HttpParts, 'settings'>,
  operations: OperationsLog,
  queries: NamedQueries,
): AnyRoute[] {
  const catalog = viewsAlone(settings.CLICKHOUSE_DATABASE, readableViews)
  return [
    route({
      method: 'PUT',
      path: '/v1/sql/named/{name}',
      tag: 'Analytics',
      summary: 'Store a statement under a name',
      description:
        'It takes the place of the one before. A key of a tenant stores what is the tenant’s own, which goes before what has the same name for all ' +
        'tenants. The statement is checked as if it were asked; every process knows it within seconds.',
      needs: ['operate'],
      params: QueryName,
      query: WhoseQuery,
      body: { description: 'The statement.', content: { [json]: NewNamedQuery } },
      examples: [
        {
          summary: 'Store a question with a parameter',
          path: '/v1/sql/named/pass-rate',
          body: {
            type: json,
            text: '{"sql":"SELECT backend, countIf(passed) / count() AS pass_rate FROM outcomes WHERE instant >= {since:String} GROUP BY backend","description":"Pass rate by backend"}',
          },
        },
      ],
      answers: { 200: { description: 'The query as it is stored.', content: { [json]: namedQuerySchema } } },
      handle: async ({ params: { name }, query, caller, request, reply }) => {
        const tenant = whoseQuery(caller, query.tenant_id)
        const { sql, description } = await readJson(request, NewNamedQuery)
        const checked = storedStatement(sql, catalog)
        if (checked.kind === 'refused') throw refusedStatement(sql, checked.faults)
        const by = await audited(operations, { caller, request })
        const stored = await storeNamedQuery(operations.as(by), { name, tenant, sql, description })
        await queries.now()
        sendJson(reply, shownNamedQuery(stored, catalog))
      },
    }),
    route({
      method: 'GET',
      path: '/v1/sql/named',
      tag: 'Analytics',
      summary: 'List the named queries that the key may ask: the tenant’s own, and those for all tenants',
      needs: ['read', 'operate'],
      query: z.strictObject({}),
      answers: {
        200: {
          description: 'The queries, by name. A key for all tenants sees every tenant’s own, too.',
          content: { [json]: z.strictObject({ queries: z.array(namedQuerySchema) }) },
        },
      },
      handle: async ({ caller, reply }) => {
        const known = await queries.recent()
        const shown = known.filter(
          ({ tenant }) => caller.tenant === null || tenant === null || tenant === caller.tenant,
        )
        sendJson(reply, { queries: shown.map((each) => shownNamedQuery(each, catalog)) })
      },
    }),
    route({
      method: 'GET',
      path: '/v1/sql/named/{name}',
      tag: 'Analytics',
      summary: 'Show a named query',
      needs: ['read', 'operate'],
      params: QueryName,
      query: WhoseQuery,
      examples: [{ summary: 'Show what is stored under a name', path: '/v1/sql/named/pass-rate' }],
      answers: {
        200: {
          description: 'The query that the name means: the tenant’s own, else that for all tenants.',
          content: { [json]: namedQuerySchema },
        },
      },
      handle: async ({ params: { name }, query, caller, reply }) => {
        const found = namedQueryFor(await queries.recent(), name, whoseQuery(caller, query.tenant_id))
        if (found === undefined) throw noNamedQuery(name)
        sendJson(reply, shownNamedQuery(found, catalog))
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/sql/named/{name}',
      tag: 'Analytics',
      summary: 'Delete a named query',
      description: 'Of a tenant’s key only the tenant’s own.',
      needs: ['operate'],
      params: QueryName,
      query: WhoseQuery,
      examples: [{ summary: 'Delete what nobody asks any more', path: '/v1/sql/named/pass-rate-of-last-year' }],
      answers: { 200: { description: 'What the query was.', content: { [json]: namedQuerySchema } } },
      handle: async ({ params: { name }, query, caller, request, reply }) => {
        const place = { name, tenant: whoseQuery(caller, query.tenant_id) }
        await ownNamedQuery(operations, place)
        const by = await audited(operations, { caller, request })
        const deleted = await deleteNamedQuery(operations.as(by), place)
        await queries.now()
        sendJson(reply, shownNamedQuery(deleted, catalog))
      },
    }),
  ]
}
