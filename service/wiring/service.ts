import { projectorGroup } from '../../consumers/generation-group.ts'
import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import { chosenDeadLetters, type DeadLetterFilter } from '../../operations/dead-letters/choice.ts'
import type { HeldBack, PartitionLag, Target } from '../../consumers/projection-progress.ts'
import type { HeldTopic } from '../../operations/holds/held-topic.ts'
import { topicHeld } from '../../operations/holds/hold-texts.ts'
import { generationsState, type GenerationsState } from '../../operations/rebuild/generations-state.ts'
import type { Verification } from '../../operations/verify/verify.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { prefixAt } from '../../queries/as-of/prefix-at.ts'
import type { QueryContext } from '../../queries/query-context.ts'
import { NOBODY_LISTENS, type Observer } from '../../base/observer.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { unlessAborted } from '../../base/waiting.ts'
import type { Seeing } from '../questions/seeing.ts'
import { momentOf } from '../questions/log-moment.ts'
import type { Settings } from '../settings.ts'
import { consumerWiring, type ConsumerWiring } from './consumer-wiring.ts'
import { Maintenance } from './maintenance.ts'
import { openLog, type OpenLog } from './open-log.ts'
import { openProducer } from './open-producer.ts'
import { openReadModel, type OpenReadModel } from './open-read-model.ts'
import { Projecting, type Patience } from './projecting.ts'
import { verifyProjected } from './verify-projected.ts'

/**
 * The log and the read model together, as the settings name them. Where the read model is embedded, this process is the only
 * one that can project into it, and does so whenever it waits.
 */
export class Service {
  readonly log: OpenLog
  readonly readModel: OpenReadModel
  readonly #settings: Settings
  readonly #wiring: ConsumerWiring
  readonly #projecting: Projecting
  /** Of one that is lent, aborts when whoever uses it projects no longer; null of one that is owned. */
  readonly #lent: AbortController | null
  #closed: Promise<void> | null = null

  private constructor(
    settings: Settings,
    log: OpenLog,
    readModel: OpenReadModel,
    parts: { readonly wiring: ConsumerWiring; readonly projecting: Projecting },
    lent: AbortController | null,
  ) {
    this.#settings = settings
    this.log = log
    this.readModel = readModel
    this.#wiring = parts.wiring
    this.#projecting = parts.projecting
    this.#lent = lent
  }

  /**
   * Opens both, or the read model alone beside a log that is open: whoever opened it closes it. Errors: `Unavailable` (which server,
   * what to do), `StorageError`.
   */
  static async open(
    settings: Settings,
    observer: Observer = NOBODY_LISTENS,
    openedLog: OpenLog | null = null,
  ): Promise<Service> {
    const log = openedLog === null ? await openLog(settings) : { ...openedLog, close: async () => {} }
    try {
      const readModel = await openReadModel(settings, log)
      const wiring = consumerWiring(log, readModel, observer)
      const projecting = new Projecting(wiring, settings, readModel.embedded)
      return new Service(settings, log, readModel, { wiring, projecting }, null)
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** The same for somebody else in this process, who may close it, or stop projecting: that leaves this one as it is. */
  lend(): Service {
    this.#checkOpen()
    const parts = { wiring: this.#wiring, projecting: this.#projecting }
    return new Service(this.#settings, this.log, this.readModel, parts, new AbortController())
  }

  /** Consumer group of the projectors of the generation that readers followed when this was opened. */
  get group(): string {
    return projectorGroup(this.log.topics, this.readModel.generation)
  }

  /** Hears what is done here. */
  get observer(): Observer {
    return this.#wiring.observer
  }

  get queries(): QueryContext {
    return { store: this.readModel.store, prefix: null, observer: this.observer }
  }

  async openProducer(): Promise<EventProducer> {
    return openProducer(this.log, this.#settings, this.observer)
  }

  /** Runs a projector in this process; resolves when it has been stopped. Error: `TooManyDeadLetters`. */
  async project(): Promise<void> {
    this.#checkOpen()
    const { ended } = this.#projecting.start()
    await (this.#lent === null ? ended : unlessAborted(ended, this.#lent.signal))
  }

  /**
   * Waits until everything before the targets is projected, projecting in this process if no other can. Errors: `Lagging`,
   * `TopicHeld`, `TooManyDeadLetters`.
   */
  async waitUntilProjected(targets: readonly Target[], timeoutMs?: number): Promise<void> {
    const held = await this.#waitUntilHeld(targets, { timeoutMs })
    if (held.length > 0) throw topicHeld(this.#projecting.topicsOf(held))
  }

  /** As `waitUntilProjected`, but for what is held: answers with that. */
  async #waitUntilHeld(targets: readonly Target[], patience?: Patience): Promise<HeldBack> {
    this.#checkOpen()
    return this.#projecting.waitFor(targets, patience)
  }

  /** The topics that are held now. Errors: `Unavailable`, `StorageError`. */
  async heldTopics(): Promise<HeldTopic[]> {
    this.#checkOpen()
    return this.#projecting.heldTopics()
  }

  /** The end of every tenant's topic, or of one tenant's, as it stands now. */
  async endOfLog(tenant: string | null = null): Promise<PartitionOffsets[]> {
    this.#checkOpen()
    return this.#projecting.endOfLog(tenant)
  }

  /** The partitions, of a tenant's topic or of all, of which not all records are projected yet. Errors: `Unavailable`, `StorageError`. */
  async unprojected(tenant: string | null = null): Promise<PartitionLag[]> {
    this.#checkOpen()
    return this.#projecting.unprojected(tenant)
  }

  /** Waits until everything that the log holds now is projected. Errors: `Lagging`, `TopicHeld`. */
  async catchUp(): Promise<void> {
    await this.waitUntilProjected(await this.endOfLog())
  }

  /**
   * Where to ask about the log as it stood at a moment, or about all of it, once that is projected which the answer has to see. With a
   * tenant, only that tenant's events can be asked for. Errors: `InvalidQuery` (`as_of`), `Lagging`, `TopicHeld`.
   */
  async queriesAsOf(
    tenant: string | null,
    { asOf = null, projected, lacks, isBounded }: Seeing = {},
  ): Promise<QueryContext> {
    this.#checkOpen()
    const { store } = this.readModel
    const moment = asOf === null ? null : await momentOf(this.log.log, this.log.topics, asOf)
    const seen = moment === null ? projected?.(tenant) : undefined
    const held = await this.#waitUntilHeld(seen ?? (await this.endOfLog(tenant)), { isBounded })
    if (held.length > 0) {
      // Of one tenant nearly nothing may be there; of all, it may be little that is not.
      if (tenant !== null || lacks === undefined) throw topicHeld(this.#projecting.topicsOf(held))
      lacks(this.#projecting.topicsOf(held))
    }
    if (moment === null) return this.queries
    return { ...this.queries, prefix: await prefixAt(store, moment, tenant) }
  }

  /**
   * Projects what the log holds now, up to where topics are held, if no other process can. Errors: `Lagging`, `TooManyDeadLetters`,
   * `FormMismatch`.
   */
  async projectHere(patience?: Patience): Promise<void> {
    if (this.readModel.embedded) await this.#waitUntilHeld(await this.endOfLog(), patience)
  }

  /**
   * The dead letters that a filter lets through, as their topics hold them now. Errors: `Unavailable`, `StorageError`, those of
   * `projectHere`.
   */
  async *deadLetters(filter: DeadLetterFilter): AsyncGenerator<DeadLetter> {
    this.#checkOpen()
    await this.projectHere()
    yield* chosenDeadLetters(this.log, filter)
  }

  /**
   * Proves that the tables equal the log as it stands now, of all tenants or one. Errors: `Lagging`, `NotFound` (neither knows
   * the tenant).
   */
  async verify({ tenant }: { readonly tenant?: string | undefined } = {}): Promise<Verification> {
    this.#checkOpen()
    const endOfLog = await this.endOfLog(tenant ?? null)
    return verifyProjected(this.#wiring, tenant ?? null, endOfLog, await this.#waitUntilHeld(endOfLog))
  }

  /** What operators made of the generations. Errors: `Unavailable`, `StorageError`. */
  async generations(): Promise<GenerationsState> {
    this.#checkOpen()
    return generationsState(await this.#wiring.operations.read(), this.readModel.id)
  }

  /** The generation that readers follow now. Errors: `Unavailable`, `StorageError`. */
  liveGeneration(): Promise<Generation> {
    this.#checkOpen()
    return this.#wiring.live.now()
  }

  /**
   * What operators do to the read model. Where that is embedded, the live generation goes on being projected here meanwhile.
   * `by` tells who does it; default: the user of this process. Errors: `Unavailable`, `StorageError`.
   */
  async beginMaintenance(by?: string): Promise<Maintenance> {
    this.#checkOpen()
    if (this.readModel.embedded) this.#projecting.start()
    // What is held must be known before the first range.
    await this.#wiring.holds.refresh()
    const { operations } = this.#wiring
    const wiring = { ...this.#wiring, operations: by === undefined ? operations : operations.as(by) }
    return new Maintenance(wiring, this.#settings)
  }

  /** Stops the projector, if one runs here, after the ranges under way; one that others use as well runs on. */
  async stopProjecting(): Promise<void> {
    if (this.#lent !== null) return this.#lent.abort()
    await this.#projecting.stop()
  }

  /** Who still waits is told that the projector was stopped; later calls are refused. */
  async close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    await this.#closed
  }

  async #closeAll(): Promise<void> {
    try {
      await this.stopProjecting()
      if (this.#lent !== null) return
      await this.readModel.store.close()
    } finally {
      if (this.#lent === null) await this.log.close()
    }
  }

  #checkOpen(): void {
    if (this.#closed !== null) throw new ExperienceError('Unavailable', 'the service is closed', { retryable: false })
  }
}
