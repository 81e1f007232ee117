import { randomUUID } from 'node:crypto'
import underPressure from '@fastify/under-pressure'
import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { closeAfter } from './close-after.ts'
import { sendJson } from './answers/send-json.ts'
import { errorBody, HttpError, httpErrorOf } from './http-error.ts'
import type { HttpParts } from './http-parts.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { registerRoute } from './register-route.ts'
import type { AnyRoute } from './route.ts'

/** Headers of a request, bytes. */
const MAX_HEADER_BYTES = 16 << 10
/** A client that sends its headers slower than that is cut, ms. */
const HEADERS_TIMEOUT_MS = 10_000
/** How long a connection may rest between two requests, ms. */
const KEEP_ALIVE_MS = 65_000
/** A path's longest part: an event id takes 256 characters, each of them up to nine bytes as a URL spells it. */
const MAX_PARAM_LENGTH = 4096
/** A process whose event loop is that late has more work than it can do, ms. */
const MAX_EVENT_LOOP_DELAY_MS = 1000

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** What a browser, or somebody between, must not do with answers. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
}

/** The routes as a server that does not listen yet. */
export async function httpService(
  parts: HttpParts,
  routes: readonly AnyRoute[],
  logger: Logger,
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger,
    // One line a request, which tells how it ended, is written below.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, insecureHTTPParser: false },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A stream of events may last for days; what a body brings is watched while it is read.
    requestTimeout: 0,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    forceCloseConnections: true,
    return503OnClosing: true,
    clientErrorHandler,
  }) as unknown as FastifyInstance

  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: (request, _reply, type, value) => {
      request.log.warn({ type, value }, 'too busy')
      throw new HttpError(503, 'Unavailable', 'the server has more work than it can do', { retryAfterS: 2 })
    },
  })

  // Bodies are read by the routes: as streams, and bounded by what they are.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
  })
  app.addHook('onResponse', async (request, reply) => logRequest(parts, request, reply))
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    answerError(new HttpError(404, 'NotFound', `there is no ${request.method} ${path}: see /docs`), request, reply)
  })

  for (const route of routes) registerRoute(app, parts.access, route)
  refuseOtherMethods(app, routes)
  return app
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** Answers with the error, unless the answer has begun: then the connection is cut, so that a part is not taken for the whole. */
function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = httpErrorOf(thrown)
  if (error.status >= 500) request.log.error({ err: error.cause ?? error }, error.message)
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy()
    return
  }
  if (error.retryAfterS !== null) void reply.header('retry-after', String(error.retryAfterS))
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer')
  closeAfter(request, reply)
  sendJson(reply, errorBody(error), error.status)
}

/** One line a request. Neither the query, which may name what is asked for, nor any header is in it. */
function logRequest({ metrics }: HttpParts, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unknown'
  const ms = Math.round(reply.elapsedTime)
  metrics.answered(route, request.method, reply.statusCode, reply.elapsedTime / 1000)
  const key = request.caller?.keyId ?? null
  request.log.info({ method: request.method, route, status: reply.statusCode, ms, key }, 'request')
}

/** What is not HTTP: there is no request yet, and no answer to take it by. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: NodeJS.WritableStream & { destroy(): void }): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
    const message =
      status === 431 ? 'the headers are too large' : status === 408 ? 'the request is too slow' : 'is not HTTP'
    const body = JSON.stringify({ error: { code: 'InvalidQuery', message, field: null } })
    socket.write(
      `HTTP/1.1 ${status} Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }
  socket.destroy()
}
