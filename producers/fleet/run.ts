import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { FleetAgent, StoryEvent } from './agent.ts'
import type { Topic } from './domain.ts'
import type { Random } from './random.ts'
import { spellTime } from './spell-time.ts'

/** What the chains of one run share: the ids, the subject and the clock. */
export class Run {
  readonly agent: FleetAgent
  readonly random: Random
  readonly id: string
  readonly correlationId: string | null
  readonly topic: Topic
  /** The engine's cycle, counted over the run. */
  cycle = 1
  #now: number

  /** A run that begins at `start`, ms since the epoch. */
  constructor(agent: FleetAgent, start: number) {
    const { random, tenant } = agent
    this.agent = agent
    this.random = random
    this.id = `${agent.tag}-${agent.stories}`
    // Events without a tenant come from bare engines, which know no correlation either.
    this.correlationId = tenant.id === null ? null : `run-${this.id}`
    this.topic = {
      subject: random.pick(tenant.domain.subjects),
      place: random.pick(tenant.domain.places),
      count: random.between(2, 48),
      share: random.between(3, 97),
    }
    this.#now = start
  }

  /** Lets time pass, ms. */
  wait(ms: number): void {
    this.#now += ms
  }

  /** The present time as the agent spells it. */
  timestamp(): string {
    return spellTime(this.#now, this.agent.spelling)
  }

  /** The event, happening now. */
  emit(event: ExperienceEvent): StoryEvent {
    return { at: this.#now, correlationId: this.correlationId, event }
  }
}
