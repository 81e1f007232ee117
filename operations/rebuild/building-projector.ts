import type { Dependencies } from '../dependencies.ts'
import { NOBODY_LISTENS } from '../../base/observer.ts'
import { pause } from '../../base/waiting.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { DeadLetterLimit } from '../../consumers/dead-letters/dead-letter-limit.ts'
import { readsNothingElsewhere } from '../../consumers/dead-letters/reads-nothing-elsewhere.ts'
import type { ShareLimitOptions } from '../../consumers/dead-letters/share-limit.ts'
import { newDeadLettersAppender } from '../../consumers/dead-letters/append-new-dead-letters.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { batchProjection, type BatchProjection } from '../../consumers/batch/batch-projection.ts'
import { Projector } from '../../consumers/projector.ts'
import type { Selection } from '../../consumers/selection.ts'
import { Gate } from './gate.ts'
import { Pace } from './pace.ts'

export type BuildingParts = Pick<Dependencies, 'log' | 'topics' | 'decoders' | 'store' | 'holds' | 'observer'>

/** What a rebuild may take, so that the live projection keeps its pace. */
export interface BuildLimits {
  /** Bytes of records after which a batch is projected without waiting. */
  readonly batchBytes: number
  /** Records a second; 0 for no limit. */
  readonly recordsPerSecond: number
  /** How often to look for new tenants, ms. */
  readonly discoveryMs: number
  /** As for the live projection, which it does not go beyond where a topic is held. */
  readonly deadLetters: ShareLimitOptions
}

const LINGER_MS = 100

/** Projects the log into a generation that readers do not follow yet; can be paused. */
export class BuildingProjector {
  readonly #gate = new Gate()
  readonly #projector: Projector
  #running: Promise<void> | null = null

  constructor(parts: BuildingParts, building: Generation, selection: Selection | undefined, limits: BuildLimits) {
    const { log, topics, holds } = parts
    const readsNothingBeside = (topic: string): Promise<boolean> => readsNothingElsewhere(parts, topic)
    const project = batchProjection({
      ...parts,
      observer: NOBODY_LISTENS,
      generation: building,
      limit: new DeadLetterLimit({ options: limits.deadLetters, holds, readsNothingBeside }),
      appendBad: newDeadLettersAppender(log, topics),
      ...(selection === undefined ? {} : { selection }),
    })
    this.#projector = new Projector(log, topics, this.#limited(project, new Pace(limits.recordsPerSecond)), {
      group: projectorGroup(topics, building),
      lingerMs: LINGER_MS,
      batchBytes: limits.batchBytes,
      discoveryMs: limits.discoveryMs,
      holds,
      onFailure: (error, batch) => {
        if (!this.#stopping.signal.aborted) parts.observer.notProjected?.(error, batch)
      },
    })
  }

  readonly #stopping = new AbortController()
  #underWay = 0

  /** Projects until `stop`. */
  run(): Promise<void> {
    this.#running ??= this.#projector.run()
    return this.#running
  }

  /** Begins no further range; its partitions stay its own. */
  pause(): void {
    this.#gate.close()
  }

  resume(): void {
    this.#gate.open()
  }

  get isPaused(): boolean {
    return !this.#gate.isOpen
  }

  /** Whether it is paused, and the ranges that were under way are finished. */
  get isResting(): boolean {
    return this.isPaused && this.#underWay === 0
  }

  /** Resolves when it is not paused. */
  whenResumed(): Promise<void> {
    return this.#gate.pass()
  }

  /** Finishes the ranges under way, then leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#gate.turnAway()
    await this.#projector.stop()
  }

  #limited(project: BatchProjection, pace: Pace): BatchProjection {
    return async (ranges) => {
      await this.#gate.pass()
      const wait = pace.waitBefore(ranges.reduce((sum, { batch }) => sum + batch.records.length, 0))
      if (wait > 0) await pause(wait, this.#stopping.signal)
      // It may have been closed meanwhile, so that a pause takes effect at once.
      await this.#gate.pass()
      this.#underWay++
      try {
        await project(ranges)
      } finally {
        this.#underWay--
      }
    }
  }
}
