import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { checkRole, tenantAskedFor } from '../http/access/caller.ts'
import { guardedApp } from '../http/guarded-app.ts'
import { HttpError } from '../http/http-error.ts'
import type { AskingParts } from '../http/http-parts.ts'
import { placeFinder } from '../http/query/question-route.ts'
import { sqlTenant } from '../sql/ask-sql.ts'
import { answerStatement } from './answer/answer-statement.ts'
import { RunningStatements } from './answer/running-statements.ts'
import { commonHeaders, sendAnswer } from './answer/send-answer.ts'
import { ColumnTypeReader } from './catalog/column-types.ts'
import { databaseMeant, doorCatalog } from './catalog/door-catalog.ts'
import { callersFault, DOOR_ERRORS } from './door-error.ts'
import { KEY_ADVICE, sentKey } from './request/credentials.ts'
import { queryIdOf, readDoorRequest, urlParameters } from './request/door-request.ts'

/** What says that somebody is there. */
const OK = 'Ok.\n'

/** ClickHouse's HTTP interface in front of the views, as a server that does not listen yet. */
export async function doorService(parts: AskingParts, logger: Logger): Promise<FastifyInstance> {
  const app = await guardedApp(parts, DOOR_ERRORS, logger)
  const running = new RunningStatements()
  const types = new ColumnTypeReader(parts.service.queries.store)
  for (const path of ['/ping', '/replicas_status']) app.get(path, async (_request, reply) => reply.type(PLAIN).send(OK))
  app.setNotFoundHandler(() => {
    throw new HttpError(404, 'NotFound', 'there is no such path with this method: statements are sent to /')
  })
  app.get('/', async (request, reply) => {
    if (!urlParameters(request).has('query')) return reply.type(PLAIN).send(OK)
    return answer(request, reply)
  })
  app.route({ method: 'POST', url: '/', handler: answer })
  return app

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const url = urlParameters(request)
    const queryId = queryIdOf(url)
    void reply.headers(commonHeaders(queryId))
    const caller = await parts.access.callerByKey(sentKey(request.headers, url), request.headers, KEY_ADVICE)
    request.caller = caller
    checkRole(caller, ['read'])
    const asked = await readDoorRequest(request, url, parts.settings.SQL_STATEMENT_BYTES)
    const giveBack = parts.permits.take(caller)
    const { killed, end } = running.begin(caller.keyId, queryId)
    try {
      const ours = parts.settings.CLICKHOUSE_DATABASE
      const database = databaseMeant(asked.database, ours)
      const tenant = sqlTenant(tenantAskedFor(caller, asked.tenant))
      const known = await types.types()
      const user = caller.keyId ?? 'default'
      const placeFor = placeFinder(parts, { caller, request, reply }, killed)
      const answered = await answerStatement(parts, asked, {
        tenant,
        catalog: (timezone) => doorCatalog(ours, known, tenant.kind !== 'all', { user, database, timezone, queryId }),
        kill: (id) => running.kill(caller.keyId, id),
        placeFor: (consistency) => placeFor(asked.tenant, { consistency, as_of: null }),
      })
      await sendAnswer(reply, asked, answered)
    } catch (error) {
      throw killed.aborted ? callersFault(394, 'QUERY_WAS_CANCELLED', 'the statement was cancelled') : error
    } finally {
      end()
      giveBack()
    }
    return reply
  }
}

const PLAIN = 'text/plain; charset=UTF-8'
