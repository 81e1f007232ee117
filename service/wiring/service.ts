import { ShareLimit } from '../../consumers/dead-letters/share-limit.ts'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { ProjectionProgress, type Target } from '../../consumers/projection-progress.ts'
import { rangeProjection } from '../../consumers/project-range.ts'
import { Projector } from '../../consumers/projector.ts'
import { verify, type Verification } from '../../consumers/verify/verify.ts'
import type { RecordBatch } from '../../log/event-log.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { QueryContext } from '../../queries/query-context.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'
import type { Settings } from '../settings.ts'
import { openLog, type OpenLog } from './open-log.ts'
import { openProducer } from './open-producer.ts'
import { openReadModel, type OpenReadModel } from './open-read-model.ts'

/** Told of ranges that could not be projected and will be tried again. */
export type ReportFailure = (error: unknown, batch: RecordBatch) => void

/**
 * The log and the read model together, as the settings name them. Where the read model is embedded, this process is the only
 * one that can project into it, and does so whenever it waits.
 */
export class Service {
  readonly log: OpenLog
  readonly readModel: OpenReadModel
  private readonly settings: Settings
  private readonly decoders: EnvelopeDecoders
  private readonly progress: ProjectionProgress
  private readonly reportFailure: ReportFailure
  private projecting: RunningProjector | null = null
  private closed: Promise<void> | null = null

  private constructor(settings: Settings, log: OpenLog, readModel: OpenReadModel, reportFailure: ReportFailure) {
    this.settings = settings
    this.log = log
    this.readModel = readModel
    this.reportFailure = reportFailure
    this.decoders = new EnvelopeDecoders(log.registry)
    this.progress = new ProjectionProgress(log.log, log.topics, this.group)
  }

  /** Opens both. Errors: `Unavailable` (which server, what to do), `StorageError`. */
  static async open(settings: Settings, reportFailure: ReportFailure): Promise<Service> {
    const log = await openLog(settings)
    try {
      return new Service(settings, log, await openReadModel(settings, log), reportFailure)
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** Consumer group of the generation's projectors. */
  get group(): string {
    return `${this.settings.TOPIC_PREFIX}.projector.${this.readModel.generation.id}`
  }

  get queries(): QueryContext {
    return { store: this.readModel.store }
  }

  async openProducer(): Promise<EventProducer> {
    return openProducer(this.log, this.settings)
  }

  /** Runs a projector in this process; resolves when it has been stopped. Error: `TooManyDeadLetters`. */
  async project(): Promise<void> {
    this.checkOpen()
    this.projecting ??= this.startProjector()
    await this.projecting.ended
  }

  /** Waits until everything before the targets is projected, projecting in this process if no other can. Errors: `Lagging`, `TooManyDeadLetters`. */
  async waitUntilProjected(targets: readonly Target[], timeoutMs = this.settings.READ_WAIT_MS): Promise<void> {
    this.checkOpen()
    if (!this.readModel.embedded) return this.progress.waitFor(targets, timeoutMs)
    const running = (this.projecting ??= this.startProjector())
    const check = (): void => {
      if (running.end !== null) throw running.end
    }
    // Nobody else can catch up in its stead: as long as it gets on, waiting is right.
    return this.progress.waitFor(targets, timeoutMs, { whileItMoves: true, check })
  }

  /** The end of every tenant's topic as it stands now. */
  async endOfLog(): Promise<Target[]> {
    this.checkOpen()
    return this.progress.endOfLog()
  }

  /** How many records before the targets are not projected yet. */
  async lagBehind(targets: readonly Target[]): Promise<bigint> {
    this.checkOpen()
    return (await this.progress.lagBehind(targets)).reduce((sum, { lag }) => sum + lag, 0n)
  }

  /** Waits until everything that the log holds now is projected. Error: `Lagging`. */
  async catchUp(): Promise<void> {
    await this.waitUntilProjected(await this.endOfLog())
  }

  /** Proves that the tables equal the log as it stands now, of all tenants or one. Error: `Lagging`. */
  async verify({ tenant }: { readonly tenant?: string | undefined } = {}): Promise<Verification> {
    this.checkOpen()
    const { log, topics } = this.log
    const { store, generation } = this.readModel
    const among = tenant === undefined ? 'all' : [topics.topic('events', tenant)]
    const endOfLog = among === 'all' ? await this.progress.endOfLog() : await log.offsets(among)
    await this.waitUntilProjected(endOfLog)
    const parts = { log, topics, decoders: this.decoders, store, generation, group: this.group }
    return verify(parts, endOfLog, { among })
  }

  /** Stops the projector, if one runs here, after the ranges under way. */
  async stopProjecting(): Promise<void> {
    const running = this.projecting
    if (running === null) return
    await running.projector.stop()
    await running.ended.catch(() => {})
    this.projecting = null
  }

  /** Who still waits is told that the projector was stopped; later calls are refused. */
  async close(): Promise<void> {
    this.closed ??= this.closeAll()
    await this.closed
  }

  private async closeAll(): Promise<void> {
    try {
      await this.stopProjecting()
      await this.readModel.store.close()
    } finally {
      await this.log.close()
    }
  }

  private checkOpen(): void {
    if (this.closed !== null) throw new ExperienceError('Unavailable', 'the service is closed', { retryable: false })
  }

  private startProjector(): RunningProjector {
    const { log, topics } = this.log
    const { store, generation } = this.readModel
    const limit = new ShareLimit({
      share: this.settings.PROJECTOR_DEAD_LETTER_SHARE,
      window: this.settings.PROJECTOR_DEAD_LETTER_WINDOW,
      minimum: this.settings.PROJECTOR_DEAD_LETTER_MINIMUM,
    })
    const project = rangeProjection({ log, topics, decoders: this.decoders, store, generation, limit })
    const projector = new Projector(log, topics, project, {
      group: this.group,
      lingerMs: this.settings.PROJECTOR_LINGER_MS,
      batchBytes: this.settings.PROJECTOR_BATCH_BYTES,
      discoveryMs: this.settings.DISCOVERY_MS,
      onFailure: this.reportFailure,
    })
    const running: RunningProjector = { projector, ended: projector.run(), end: null }
    // Who waits looks at `end`: a promise that lives as long as the service would remember every wait.
    running.ended.then(
      () => {
        running.end = new ExperienceError('Unavailable', 'the projector was stopped', { retryable: false })
      },
      (error: unknown) => {
        running.end = error
      },
    )
    return running
  }
}

interface RunningProjector {
  readonly projector: Projector
  readonly ended: Promise<void>
  /** Why it runs no longer; null while it does. */
  end: unknown
}
