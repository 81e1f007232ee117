import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import underPressure from '@fastify/under-pressure'
import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { SECURITY_HEADERS } from './answers/security-headers.ts'
import { leaveRest } from './body/leave-rest.ts'
import { onClientError } from './connections/client-error.ts'
import { SlowClients } from './connections/slow-clients.ts'
import { errorBody, HttpError } from './http-error.ts'
import type { HttpParts } from './http-parts.ts'
import { traceRequests } from '../tracing/trace-requests.ts'

/** Headers of a request, bytes. */
const MAX_HEADER_BYTES = 16 << 10
/** A client that sends its headers slower than that is cut, ms; in half the time that the settings give a client, if that is less. */
const HEADERS_TIMEOUT_MS = 10_000
/** How long a connection may rest between two requests, ms. */
const KEEP_ALIVE_MS = 65_000
/** A path's longest part: an event id takes 256 characters, each of them up to nine bytes as a URL spells it. */
const MAX_PARAM_LENGTH = 4096
const ANSWERED_UNDER_PRESSURE: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** How a server says that something is wrong. */
export interface ErrorAnswers {
  /** What a thrown error is answered with. */
  readonly errorOf: (thrown: unknown) => HttpError
  readonly send: (reply: FastifyReply, error: HttpError) => void
}

/**
 * A server without routes that does not listen yet: what a door has against clients that are slow, too many, or no clients, whatever
 * they speak there.
 */
export async function guardedApp(
  parts: Pick<HttpParts, 'settings' | 'stopping' | 'metrics'>,
  { errorOf, send }: ErrorAnswers,
  logger: Logger,
): Promise<FastifyInstance> {
  const answerError = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void =>
    answer(errorOf(thrown), request, reply, send)
  const timeoutMs = parts.settings.HTTP_CLIENT_TIMEOUT_MS
  const headersTimeout = Math.min(HEADERS_TIMEOUT_MS, Math.ceil(timeoutMs / 2))
  const clients = new SlowClients(timeoutMs, (request, reason) => request.log.info({ reason }, 'a client was cut'))
  const app = fastify({
    loggerInstance: logger,
    // One line a request, which tells how it ended, is written below.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      connectionsCheckingInterval: Math.ceil(headersTimeout / 4),
      insecureHTTPParser: false,
      // Node answers it with nothing: it is checked below.
      requireHostHeader: false,
    },
    connectionTimeout: timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A stream of events may last for days: SlowClients sees to it that something comes.
    requestTimeout: 0,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // What is under way when the process is asked to stop is answered.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    clientErrorHandler: onClientError(clients),
    frameworkErrors: (_error, request, reply) => {
      addHeaders(request, reply)
      // No hook runs for such a request.
      leaveRest(request, reply)
      const message = 'path: is not the path of a URL, or has too long a part'
      answerError(new HttpError(400, 'InvalidQuery', message, { field: 'path' }), request, reply)
    },
  }) as unknown as FastifyInstance

  traceRequests(app)
  await app.register(underPressure, {
    // Here 0 means no limit, too.
    maxEventLoopDelay: parts.settings.HTTP_MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: (request, _reply, type, value) => {
      // That it lives, and what it counts, is asked of a busy process first of all.
      if (ANSWERED_UNDER_PRESSURE.has(request.routeOptions.url ?? '')) return
      request.log.warn({ type, value }, 'too busy')
      throw new HttpError(503, 'Unavailable', 'the server has more work than it can do', { retryAfterS: 2 })
    },
  })

  // Bodies are read by the routes: as streams, and bounded by what they are.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.decorateRequest('caller', null)
  clients.watch(app.server)
  app.addHook('onClose', async () => clients.close())
  app.addHook('onRequest', async (request, reply) => {
    clients.add(request, reply)
    addHeaders(request, reply)
    checkHost(request, reply)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    leaveRest(request, reply)
    return payload
  })
  app.addHook('onSend', async (_request, reply) => {
    if (parts.stopping.aborted) void reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => logRequest(parts, request, reply))
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
  app.server.on('checkExpectation', refuseExpectation)
  return app
}

/** Error: 400 where HTTP/1.1 wants the header and it is not there (RFC 9112, 3.2). What follows from such a client is not read. */
function checkHost({ headers, raw }: FastifyRequest, reply: FastifyReply): void {
  if (headers.host !== undefined || raw.httpVersion === '1.0') return
  void reply.header('connection', 'close')
  throw new HttpError(400, 'InvalidQuery', 'host: is missing', { field: 'host' })
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
}

/** Answers with the error, unless the answer has begun: then the connection is cut, so that a part is not taken for the whole. */
function answer(error: HttpError, request: FastifyRequest, reply: FastifyReply, send: ErrorAnswers['send']): void {
  // Whoever left, or was cut, hears nothing; that it broke what was under way is no fault of the server's.
  if (request.raw.socket.destroyed) {
    reply.raw.destroy()
    return
  }
  if (error.status === 500) request.log.error({ err: error.cause ?? error }, error.message)
  else if (error.status > 500 && !reply.raw.destroyed) {
    // What is refused since there is too much has no other reason, and there is much of it.
    request.log.warn(error.cause === undefined ? {} : { err: error.cause }, error.message)
  }
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy()
    return
  }
  if (error.retryAfterS !== null) void reply.header('retry-after', String(error.retryAfterS))
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer')
  send(reply, error)
}

/** One line a request. Neither the query, which may name what is asked for, nor any header is in it. */
function logRequest({ metrics }: Pick<HttpParts, 'metrics'>, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unknown'
  const ms = Math.round(reply.elapsedTime)
  metrics.answered(route, request.method, reply.statusCode, reply.elapsedTime / 1000)
  const key = request.caller?.keyId ?? null
  request.log.info({ method: request.method, route, status: reply.statusCode, ms, key }, 'request')
}

/** `Expect` of anything but `100-continue`: Node takes no other. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const error = new HttpError(417, 'InvalidQuery', 'expect: only 100-continue is met', { field: 'expect' })
  response.writeHead(error.status, { ...SECURITY_HEADERS, 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(errorBody(error)))
}
