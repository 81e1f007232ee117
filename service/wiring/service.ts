import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import type { LiveProjector } from '../../consumers/live-projector.ts'
import { ProjectionProgress, type Target } from '../../consumers/projection-progress.ts'
import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import { chosenDeadLetters, type DeadLetterFilter } from '../../operations/dead-letters/choice.ts'
import { generationsState, type GenerationsState } from '../../operations/rebuild/generations-state.ts'
import { verify, type Verification } from '../../operations/verify/verify.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { readModelId } from '../../projections/generations/generations.ts'
import { prefixAt } from '../../queries/as-of/prefix-at.ts'
import type { QueryContext } from '../../queries/query-context.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { AsOf } from '../questions/as-of.ts'
import { momentOf } from '../questions/log-moment.ts'
import type { Settings } from '../settings.ts'
import { LiveGeneration } from './live-generation.ts'
import { liveProjector } from './open-live-projector.ts'
import { Maintenance } from './maintenance.ts'
import { openLog, type OpenLog } from './open-log.ts'
import { openProducer } from './open-producer.ts'
import { openReadModel, type OpenReadModel } from './open-read-model.ts'
import type { ReportFailure } from './report-failure.ts'

/** Told when the projector of this process went over to another generation. */
export type ReportSwitch = (to: Generation) => void

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
  private readonly operations: OperationsLog
  private readonly live: LiveGeneration
  private readonly reportFailure: ReportFailure
  private readonly reportSwitch: ReportSwitch
  private projecting: RunningProjector | null = null
  private closed: Promise<void> | null = null

  private constructor(
    settings: Settings,
    log: OpenLog,
    readModel: OpenReadModel,
    reportFailure: ReportFailure,
    reportSwitch: ReportSwitch,
  ) {
    this.reportSwitch = reportSwitch
    this.settings = settings
    this.log = log
    this.readModel = readModel
    this.reportFailure = reportFailure
    this.decoders = new EnvelopeDecoders(log.registry)
    this.operations = new OperationsLog(log.log, log.topics)
    this.live = new LiveGeneration(readModel.store, readModel.generation)
    const group = async (): Promise<string> => projectorGroup(log.topics, await this.live.recent())
    this.progress = new ProjectionProgress(log.log, log.topics, group)
  }

  /**
   * Opens both, or the read model alone beside a log that is open: whoever opened it closes it. Errors: `Unavailable` (which server,
   * what to do), `StorageError`.
   */
  static async open(
    settings: Settings,
    reportFailure: ReportFailure,
    reportSwitch: ReportSwitch = () => {},
    openedLog: OpenLog | null = null,
  ): Promise<Service> {
    const log = openedLog === null ? await openLog(settings) : { ...openedLog, close: async () => {} }
    try {
      return new Service(settings, log, await openReadModel(settings, log), reportFailure, reportSwitch)
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** Consumer group of the projectors of the generation that readers followed when this was opened. */
  get group(): string {
    return projectorGroup(this.log.topics, this.readModel.generation)
  }

  get queries(): QueryContext {
    return { store: this.readModel.store, prefix: null }
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

  /**
   * Where to ask about the log as it stood at a moment, or about all of it, once that is projected which the answer has to see: what
   * is named, or everything that the log holds now, as always where the moment is not now. With a tenant, only that tenant's events can be asked for. Errors: `InvalidQuery`
   * (`as-of`), `Lagging`.
   */
  async queriesAsOf(asOf: AsOf | null, tenant: string | null, projected?: readonly Target[]): Promise<QueryContext> {
    this.checkOpen()
    const { store } = this.readModel
    const moment = asOf === null ? null : await momentOf(this.log.log, this.log.topics, asOf)
    await this.waitUntilProjected(moment === null && projected !== undefined ? projected : await this.endOfLog())
    if (moment === null) return this.queries
    return { store, prefix: await prefixAt(store, moment, tenant) }
  }

  /** The dead letters that a filter lets through, as their topics hold them now. Errors: `Unavailable`, `StorageError`. */
  deadLetters(filter: DeadLetterFilter): AsyncIterable<DeadLetter> {
    this.checkOpen()
    return chosenDeadLetters(this.log, filter)
  }

  /** Proves that the tables equal the log as it stands now, of all tenants or one. Error: `Lagging`. */
  async verify({ tenant }: { readonly tenant?: string | undefined } = {}): Promise<Verification> {
    this.checkOpen()
    const { log, topics } = this.log
    const { store } = this.readModel
    const among = tenant === undefined ? 'all' : [topics.topic('events', tenant)]
    const endOfLog = among === 'all' ? await this.progress.endOfLog() : await log.offsets(among)
    await this.waitUntilProjected(endOfLog)
    const live = await this.live.now()
    const parts = { log, topics, decoders: this.decoders, store, generation: live, group: projectorGroup(topics, live) }
    return verify(parts, endOfLog, { among })
  }

  /** What operators made of the generations. Errors: `Unavailable`, `StorageError`. */
  async generations(): Promise<GenerationsState> {
    this.checkOpen()
    return generationsState(await this.operations.read(), await readModelId(this.readModel.store))
  }

  /** The generation that readers follow now. Errors: `Unavailable`, `StorageError`. */
  liveGeneration(): Promise<Generation> {
    this.checkOpen()
    return this.live.now()
  }

  /**
   * What operators do to the read model. Where that is embedded, the live generation goes on being projected here meanwhile.
   * Errors: `Unavailable`, `StorageError`.
   */
  async beginMaintenance(): Promise<Maintenance> {
    this.checkOpen()
    if (this.readModel.embedded) this.projecting ??= this.startProjector()
    const { settings, decoders, operations, live, reportFailure } = this
    const readModel = await readModelId(this.readModel.store)
    return new Maintenance(
      { ...this.log, store: this.readModel.store, decoders, operations, live, reportFailure, readModel },
      settings,
    )
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
    const { settings, decoders, operations, live, reportFailure, reportSwitch } = this
    const { store } = this.readModel
    const parts = { ...this.log, store, decoders, operations, live, reportFailure, reportSwitch }
    const projector = liveProjector(parts, settings)
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
  readonly projector: LiveProjector
  readonly ended: Promise<void>
  /** Why it runs no longer; null while it does. */
  end: unknown
}
