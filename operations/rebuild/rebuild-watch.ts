import type { Dependencies } from '../dependencies.ts'
import { WakeUp } from '../../base/waiting.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { ProjectionProgress } from '../../consumers/projection-progress.ts'
import type { BuildingProjector } from './building-projector.ts'
import { catchUp } from './catch-up.ts'
import type { Say } from './exclusively.ts'
import { generationsState } from './generations-state.ts'
import { heedText } from './heed.ts'
import { progressOf, type ProgressNow } from './rebuild-progress.ts'

export interface RebuildPhase {
  readonly phase: 'copying' | 'projecting' | 'pausing' | 'paused' | 'verifying' | 'switching'
  readonly generation: string
  /** Null where it is not known. */
  readonly progress: ProgressNow | null
}

export type ReportProgress = (phase: RebuildPhase) => void

export interface WatchParts extends Pick<Dependencies, 'log' | 'topics' | 'operations' | 'holds' | 'readModel'> {
  readonly stopped: AbortSignal
  readonly report: ReportProgress
  readonly say: Say
}

const LOOK_MS = 500

/**
 * Runs a generation's projector, and does meanwhile what operators say in the operations log: pause, resume, abandon. Looks at
 * the log twice a second, and says what it has heeded.
 */
export class RebuildWatch {
  readonly #parts: WatchParts
  readonly #building: Generation
  readonly #projector: BuildingProjector
  readonly #progress: ProjectionProgress
  readonly #over = new AbortController()
  readonly #failed: Promise<never>
  #isCatchingUp = false
  #said = ''

  constructor(parts: WatchParts, building: Generation, projector: BuildingProjector) {
    this.#parts = parts
    this.#building = building
    this.#projector = projector
    const group = projectorGroup(parts.topics, building)
    this.#progress = new ProjectionProgress(parts.log, parts.topics, async () => group, parts.holds)
    this.#failed = new Promise<never>((_, reject) => {
      projector.run().catch(reject)
      this.#watch().catch(reject)
    })
    this.#failed.catch(() => {})
  }

  /** Aborts when the rebuild has come to its end, whatever that is. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  /** What the step comes to, unless the rebuild ends before: `Interrupted` where it was stopped or abandoned. */
  until<Result>(step: Promise<Result>): Promise<Result> {
    return Promise.race([step, this.#failed])
  }

  /** Resolves when the generation is projected up to (nearly) the end of the log. */
  async caughtUp(): Promise<void> {
    this.#isCatchingUp = true
    await catchUp(this.#progress, this.#over.signal)
    this.#isCatchingUp = false
  }

  /** Looks no more. */
  end(): void {
    this.#over.abort()
  }

  async #watch(): Promise<void> {
    const { operations, holds, readModel, stopped } = this.#parts
    const wakeUp = new WakeUp()
    const ring = (): void => wakeUp.ring()
    stopped.addEventListener('abort', ring, { once: true })
    try {
      while (!this.#over.signal.aborted) {
        if (stopped.aborted) throw this.#interrupted('stopped before the end: "experience-log rebuild" goes on with it')
        await this.#look(async () => {
          await holds.refresh()
          const { rebuild } = generationsState(await operations.read(), readModel)
          const isOpen = rebuild?.generation === this.#building.id
          if (isOpen && rebuild.isPaused) this.#projector.pause()
          if (isOpen && !rebuild.isPaused) this.#projector.resume()
          await this.#sayHeeded()
          if (!isOpen) throw this.#interrupted('the rebuild was abandoned')
          if (this.#isCatchingUp) await this.#reportProgress(rebuild.isPaused)
        })
        await wakeUp.wait(this.#over.signal, LOOK_MS)
      }
    } finally {
      stopped.removeEventListener('abort', ring)
    }
  }

  /** A log that does not answer for a moment is looked at again. */
  async #look(look: () => Promise<void>): Promise<void> {
    try {
      await look()
    } catch (error) {
      if (!(error instanceof ExperienceError) || !error.retryable) throw error
    }
  }

  async #sayHeeded(): Promise<void> {
    const { operations, say } = this.#parts
    const isResting = this.#projector.isResting
    const heeded = heedText({ generation: this.#building.id, upTo: operations.readUpTo, isResting })
    if (heeded === this.#said) return
    await say(heeded)
    this.#said = heeded
  }

  async #reportProgress(isPaused: boolean): Promise<void> {
    const { log, topics, report } = this.#parts
    const progress = await progressOf(log, topics, projectorGroup(topics, this.#building))
    const phase = !isPaused ? 'projecting' : this.#projector.isResting ? 'paused' : 'pausing'
    report({ phase, generation: this.#building.id, progress })
  }

  #interrupted(why: string): ExperienceError {
    return new ExperienceError('Interrupted', `generation ${this.#building.id}: ${why}`)
  }
}
