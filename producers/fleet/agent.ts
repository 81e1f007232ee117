import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { Domain } from './domain.ts'
import type { ModelBackend } from './model-backends.ts'
import type { Random } from './random.ts'
import type { TimeSpelling } from './spell-time.ts'

/** A customer of the fleet. Its agents share the policy in force. */
export interface FleetTenant {
  /** Null for events that belong to no tenant. */
  readonly id: string | null
  readonly domain: Domain
  readonly backends: readonly ModelBackend[]
  /** Hash of the policy that was captured last; null before the first. */
  policyHash: string | null
}

/** One agent, which lives through one story after another. */
export interface FleetAgent {
  readonly id: string
  /** Unique in the fleet and for the seed; a part of every id that the agent gives. */
  readonly tag: string
  readonly tenant: FleetTenant
  readonly random: Random
  readonly spelling: TimeSpelling
  /** Stories begun. */
  stories: number
}

/** An event of a story, and when it happens, ms since the epoch. */
export interface StoryEvent {
  readonly at: number
  readonly correlationId: string | null
  readonly event: ExperienceEvent
}

/** Events in the order of their times. What follows a `yield` happens once the event is out. */
export type Story = Generator<StoryEvent, void>
