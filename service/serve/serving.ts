import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { ExperienceError } from '../../base/experience-error.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import { Access } from '../http/access/access.ts'
import { KeyRing } from '../http/access/key-ring.ts'
import type { HttpParts } from '../http/http-parts.ts'
import { httpService } from '../http/http-service.ts'
import { Metrics } from '../http/metrics/metrics.ts'
import { routesOf } from '../http/routes.ts'
import { Tails } from '../http/tail/tails.ts'
import type { Settings } from '../settings.ts'
import { tracedObserver } from '../tracing/traced-observer.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'
import { openProducer } from '../wiring/open-producer.ts'
import { Service } from '../wiring/service.ts'
import { LagWatch } from './lag-watch.ts'
import { serveCommands, type CommandRunner } from './second-terminal/serve-commands.ts'
import { servingObserver } from './serving-observer.ts'
import { isLoopback, type ServeOptions } from './serve-options.ts'

/** After that, answers that are still under way are cut, ms: a client that reads nothing must not keep the process. */
const DRAIN_MS = 30_000
/** How often connections are closed on which nothing is under way any more, ms. */
const REST_MS = 50

/** A process that answers over HTTP. */
export class Serving {
  readonly url: string
  /** Whether programs on this machine come in without a key. */
  readonly isOpen: boolean
  /** Null where it neither projects nor answers questions. Whoever uses it lends it. */
  readonly service: Service | null
  readonly #stop: () => Promise<void>
  #stopped: Promise<void> | null = null

  private constructor(url: string, isOpen: boolean, service: Service | null, stop: () => Promise<void>) {
    this.url = url
    this.isOpen = isOpen
    this.service = service
    this.#stop = stop
  }

  /**
   * Opens what the roles need, and listens. `runner` runs commands of other terminals, if they are to be served. Errors: `InvalidSettings` (an address that others reach, or servers, without a key),
   * `Unavailable`, `StorageError`.
   */
  static async start(
    settings: Settings,
    options: ServeOptions,
    logger: Logger,
    runner: CommandRunner | null = null,
  ): Promise<Serving> {
    const closing: (() => Promise<unknown>)[] = []
    const close = async (): Promise<void> => {
      for (const each of closing.toReversed()) await each()
    }
    try {
      return await Serving.#open(settings, options, logger, runner, closing, close)
    } catch (error) {
      await close()
      throw error
    }
  }

  /** Takes no more requests, finishes those under way, appends and projects what was accepted, and closes everything. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  static async #open(
    settings: Settings,
    { host, port, roles }: ServeOptions,
    logger: Logger,
    runner: CommandRunner | null,
    closing: (() => Promise<unknown>)[],
    close: () => Promise<void>,
  ): Promise<Serving> {
    const log = await openLog(settings)
    closing.push(() => log.close())
    const operations = new OperationsLog(log.log, log.topics)
    const keys = await KeyRing.open(operations, (error) => logger.warn({ err: error }, 'the keys cannot be read'))
    closing.push(() => keys.close())
    const isEmbedded = settings.KAFKA_BROKERS === undefined && settings.CLICKHOUSE_URL === undefined
    const access = new Access(keys, isEmbedded && isLoopback(host))
    if (!access.isOpen && !keys.isInUse) throw needsKey(host, isEmbedded)

    const stopping = new AbortController()
    const metrics = new Metrics()
    metrics.watchKeys(keys)
    const projecting = { fault: null as string | null }
    const observer = tracedObserver(servingObserver(metrics, logger))
    const service = roles.has('project') || roles.has('query') ? await Service.open(settings, observer, log) : null
    if (service !== null) closing.push(() => service.close())
    if (service !== null && roles.has('project')) project(service, logger, projecting)
    let url: string | null = null
    const commands =
      service === null || runner === null ? null : await serveCommands(settings, service, runner, () => url, logger)
    if (commands !== null) closing.push(() => commands.close())
    stopping.signal.addEventListener('abort', () => commands?.stop())
    const lag = service !== null && roles.has('query') ? new LagWatch(service, logger) : null
    if (lag !== null) closing.push(() => lag.close())
    if (lag !== null) metrics.watchLag(lag)
    const producer = roles.has('ingest') ? await openProducer(log, settings, observer) : null
    if (producer !== null) closing.push(() => producer.close())

    const parts: HttpParts = {
      settings,
      log,
      access,
      metrics,
      stopping: stopping.signal,
      notReady: () => notReady(log, service, projecting.fault),
    }
    const tails = roles.has('query') ? new Tails(log, access, settings, (error) => logTailFailure(logger, error)) : null
    if (tails !== null) metrics.watchTails(tails)
    const routes = routesOf(parts, { producer, service, freshness: lag, operations, tails })
    const app = await httpService(parts, routes, logger)
    closing.push(() => closeServer(app))
    if (tails !== null) closing.push(() => tails.close())
    closing.push(async () => stopping.abort())
    await listen(app, host, port)
    url = urlOf(app)
    return new Serving(url, access.isOpen, service, close)
  }
}

/** Error: `InvalidSettings`. */
function needsKey(host: string, isEmbedded: boolean): ExperienceError {
  const where = isEmbedded ? `${host} is not loopback` : 'the log and the tables are on servers'
  const advice = 'create a key first: "experience-log keys create --tenant TENANT --role read"'
  return new ExperienceError('InvalidSettings', `host: ${where}, so that nobody may come in without a key; ${advice}`)
}

/** Projects until the service is closed. What ends it earlier makes the process not ready. */
function project(service: Service, logger: Logger, state: { fault: string | null }): void {
  service.project().catch((error: unknown) => {
    state.fault = `the projector stopped: ${error instanceof Error ? error.message : String(error)}`
    logger.error({ err: error }, 'the projector stopped')
  })
}

function logTailFailure(logger: Logger, error: unknown): void {
  logger.error({ err: error }, 'the log cannot be followed: live tails are closed')
}

async function notReady(log: OpenLog, service: Service | null, fault: string | null): Promise<string[]> {
  const reasons: string[] = fault === null ? [] : [fault]
  const looks: Promise<unknown>[] = [log.log.topics(log.topics.operationsTopic)]
  if (service !== null) looks.push(service.readModel.store.query({ sql: 'SELECT 1', params: {} }))
  for (const look of await Promise.allSettled(looks)) {
    if (look.status === 'rejected')
      reasons.push(look.reason instanceof Error ? look.reason.message : String(look.reason))
  }
  return reasons
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening on ${address}` })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EADDRINUSE' ? `port ${port} of ${host} is in use` : `cannot listen on ${host}:${port}: ${message}`
    throw new ExperienceError('InvalidSettings', `port: ${reason}`, { cause })
  }
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function closeServer(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  // Connections whose last answer has just been read are kept by their clients for the next request.
  const rest = setInterval(() => app.server.closeIdleConnections(), REST_MS)
  await app.close()
  clearInterval(rest)
  clearTimeout(cut)
}
