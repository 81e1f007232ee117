import {
  ProjectionProgress,
  type HeldBack,
  type PartitionLag,
  type Target,
} from '../../consumers/projection-progress.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import type { HeldTopic } from '../../operations/holds/held-topic.ts'
import type { Settings } from '../settings.ts'
import type { ConsumerWiring } from './consumer-wiring.ts'
import { liveProjector } from './open-live-projector.ts'
import { RunningProjector } from './running-projector.ts'

/** How long somebody waits for what is to be projected. */
export interface Patience {
  /** Default: `READ_WAIT_MS`. */
  readonly timeoutMs?: number | undefined
  /** Whether that is all, also while a projector of this process gets on. */
  readonly isBounded?: boolean | undefined
}

/** How far the log is projected, and the projector of this process, if one runs. */
export class Projecting {
  readonly #wiring: ConsumerWiring
  readonly #settings: Settings
  readonly #embedded: boolean
  readonly #progress: ProjectionProgress
  #running: RunningProjector | null = null

  /** `embedded`: no other process can project into the read model, so that this one does whenever it waits. */
  constructor(wiring: ConsumerWiring, settings: Settings, embedded: boolean) {
    this.#wiring = wiring
    this.#settings = settings
    this.#embedded = embedded
    this.#progress = new ProjectionProgress(wiring.log, wiring.topics, wiring.liveGroup, wiring.holds)
  }

  /** Runs a projector, unless one runs already. */
  start(): RunningProjector {
    this.#running ??= this.#newProjector()
    return this.#running
  }

  /** Stops the projector, if one runs, after the ranges under way. */
  async stop(): Promise<void> {
    await this.#running?.stop()
    this.#running = null
  }

  /** See `ProjectionProgress.waitFor`. Errors: also what ended the projector of this process, if the read model is embedded. */
  waitFor(
    targets: readonly Target[],
    { timeoutMs = this.#settings.READ_WAIT_MS, isBounded = false }: Patience = {},
  ): Promise<HeldBack> {
    if (!this.#embedded) return this.#progress.waitFor(targets, timeoutMs)
    const running = this.start()
    // Nobody else can catch up in its stead: as long as it gets on, waiting is right, unless whoever asks cannot wait so long.
    return this.#progress.waitFor(targets, timeoutMs, { whileItMoves: !isBounded, check: () => running.checkRuns() })
  }

  /** The partitions, of a tenant's topic or of all, of which not all records are projected yet. Errors: `Unavailable`, `StorageError`. */
  async unprojected(tenant: string | null): Promise<PartitionLag[]> {
    return this.#progress.lagBehind(await this.endOfLog(tenant))
  }

  /** The end of every tenant's topic, or of one tenant's, as it stands now. */
  endOfLog(tenant: string | null): Promise<PartitionOffsets[]> {
    const { log, topics } = this.#wiring
    return tenant === null ? this.#progress.endOfLog() : log.offsets([topics.topic('events', tenant)])
  }

  /** The topics that are held now. Errors: `Unavailable`, `StorageError`. */
  async heldTopics(): Promise<HeldTopic[]> {
    await this.#wiring.holds.refresh()
    return this.#wiring.holds.all()
  }

  /** The topics that a wait found to be held. */
  topicsOf(held: HeldBack): HeldTopic[] {
    const names = new Set(held.map(({ topic }) => topic))
    return this.#wiring.holds.all().filter(({ topic }) => names.has(topic))
  }

  #newProjector(): RunningProjector {
    return new RunningProjector(liveProjector(this.#wiring, this.#settings))
  }
}
