import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import { ExperienceError } from '../../base/experience-error.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import { Access } from '../http/access/access.ts'
import { KeyRing } from '../http/access/key-ring.ts'
import type { AskingParts, HttpParts } from '../http/http-parts.ts'
import { QuestionPermits } from '../http/query/question-permits.ts'
import { doorService } from '../clickhouse-door/door-service.ts'
import { httpService } from '../http/http-service.ts'
import { Metrics } from '../http/metrics/metrics.ts'
import { BackgroundActs } from '../http/operate/background-acts.ts'
import { routesOf } from '../http/routes.ts'
import { Tails } from '../http/tail/tails.ts'
import type { Settings } from '../settings.ts'
import { tracedObserver } from '../tracing/traced-observer.ts'
import { openLog } from '../wiring/open-log.ts'
import { openProducer } from '../wiring/open-producer.ts'
import { Service } from '../wiring/service.ts'
import { CloseStack } from './close-stack.ts'
import { LagWatch } from './lag-watch.ts'
import { Listener } from './listener.ts'
import { Readiness } from './readiness.ts'
import { serveCommands, type CommandRunner } from './second-terminal/serve-commands.ts'
import { servingObserver } from './serving-observer.ts'
import { tellWall } from './tell-wall.ts'
import { isLoopback, type ServeOptions } from './serve-options.ts'

/** A process that answers over HTTP. */
export class Serving {
  readonly url: string
  /** Where clients of ClickHouse are answered; null where they are not. */
  readonly clickhouseUrl: string | null
  /** Whether programs on this machine come in without a key. */
  readonly isOpen: boolean
  /** Null where it neither projects nor answers questions. Whoever uses it lends it. */
  readonly service: Service | null
  readonly #stop: () => Promise<void>
  #stopped: Promise<void> | null = null

  private constructor(
    { url, clickhouseUrl }: Pick<Serving, 'url' | 'clickhouseUrl'>,
    isOpen: boolean,
    service: Service | null,
    stop: () => Promise<void>,
  ) {
    this.url = url
    this.clickhouseUrl = clickhouseUrl
    this.isOpen = isOpen
    this.service = service
    this.#stop = stop
  }

  /**
   * Opens what the roles need, and listens. `runner` runs commands of other terminals, if they are to be served. Errors:
   * `InvalidSettings` (an address that others reach, or servers, without a key), `Unavailable`, `StorageError`.
   */
  static async start(
    settings: Settings,
    options: ServeOptions,
    logger: Logger,
    runner: CommandRunner | null = null,
  ): Promise<Serving> {
    const closing = new CloseStack()
    try {
      return await Serving.#open(settings, options, logger, runner, closing)
    } catch (error) {
      // What failed first is the reason; what is closed because of it may fail as well.
      await closing.close().catch(() => undefined)
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
    { host, port, clickhousePort = null, roles }: ServeOptions,
    logger: Logger,
    runner: CommandRunner | null,
    closing: CloseStack,
  ): Promise<Serving> {
    const log = closing.add(await openLog(settings))
    const operations = new OperationsLog(log.log, log.topics)
    const keys = closing.add(
      await KeyRing.open(operations, (error) => logger.warn({ err: error }, 'the keys cannot be read')),
    )
    const access = accessTo(settings, host, keys)

    const metrics = new Metrics()
    metrics.watchKeys(keys)
    const observer = tracedObserver(servingObserver(metrics, logger))
    const asks = roles.has('query')
    const service = asks || roles.has('project') ? closing.add(await Service.open(settings, observer, log)) : null
    const readiness = new Readiness(log, service)
    if (service !== null && roles.has('project')) readiness.watchProjector(service.project(), logger)
    let url: string | null = null
    const commands =
      service === null || runner === null
        ? null
        : closing.add(await serveCommands(settings, service, runner, () => url, logger))
    if (asks && service !== null && settings.CLICKHOUSE_URL !== undefined)
      await tellWall(service.readModel.store, logger)
    const freshness = service !== null && asks ? closing.add(new LagWatch(service, logger)) : null
    if (freshness !== null) metrics.watchLag(freshness)
    const producer = roles.has('ingest') ? closing.add(await openProducer(log, settings, observer)) : null
    const tails = asks ? new Tails(log, access, settings, (error) => logTailFailure(logger, error)) : null
    if (tails !== null) metrics.watchTails(tails)

    const stopping = new AbortController()
    // Every request with events that is under way listens to it.
    setMaxListeners(0, stopping.signal)
    stopping.signal.addEventListener('abort', () => commands?.stop())
    const acts = closing.add(new BackgroundActs(stopping.signal))
    const notReady = (): Promise<readonly string[]> => readiness.whyNot()
    const parts: HttpParts = { settings, log, access, metrics, stopping: stopping.signal, notReady }
    const asking =
      service === null || freshness === null
        ? null
        : { ...parts, service, freshness, permits: new QuestionPermits(settings) }
    const routes = routesOf(parts, { producer, service, asking, operations, acts, tails })
    const listener = closing.add(new Listener(await httpService(parts, routes, logger)))
    const door = clickhousePort === null ? null : new Listener(await doorService(needed(asking), logger))
    closing.add(door)
    // Who follows would keep the server from being closed.
    closing.add(tails)
    closing.defer(async () => stopping.abort())
    url = await listener.listen(host, port)
    const clickhouseUrl = door === null ? null : await door.listen(host, clickhousePort!)
    return new Serving({ url, clickhouseUrl }, access.isOpen, service, () => closing.close())
  }
}

/** Error: `InvalidSettings`. */
function needed(asking: AskingParts | null): AskingParts {
  if (asking !== null) return asking
  const message = 'clickhouse-port: clients of ClickHouse ask, which needs the role query'
  throw new ExperienceError('InvalidSettings', message, { field: 'clickhouse-port' })
}

/** Who may come in: everybody on this machine alone, where nothing is on servers and no key was created. Error: `InvalidSettings`. */
function accessTo(settings: Settings, host: string, keys: KeyRing): Access {
  const isEmbedded = settings.KAFKA_BROKERS === undefined && settings.CLICKHOUSE_URL === undefined
  const access = new Access(keys, isEmbedded && isLoopback(host))
  if (!access.isOpen && !keys.isInUse) throw needsKey(host, isEmbedded)
  return access
}

function needsKey(host: string, isEmbedded: boolean): ExperienceError {
  const where = isEmbedded ? `${host} is not loopback` : 'the log and the tables are on servers'
  const advice = 'create a key first: "experience-log keys create --tenant TENANT --role read"'
  return new ExperienceError('InvalidSettings', `host: ${where}, so that nobody may come in without a key; ${advice}`)
}

function logTailFailure(logger: Logger, error: unknown): void {
  logger.error({ err: error }, 'the log cannot be followed: live tails are closed')
}
