import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { FleetAgent, FleetTenant, Story, StoryEvent } from './agent.ts'
import { artifactStory } from './artifact-story.ts'
import { domains } from './domains.ts'
import { EarliestFirst } from './earliest-first.ts'
import { modelBackends } from './model-backends.ts'
import { Random } from './random.ts'
import { runStory } from './run-story.ts'
import { spellTime, timeSpellings } from './spell-time.ts'

export interface FleetOptions {
  /** Equal options with equal seeds give equal events. Any safe integer. */
  readonly seed: number
  /** How many events to make. */
  readonly events: number
  /** Ids of the tenants, null for the events without one; the first are the busiest. Default: five, and null. */
  readonly tenants?: readonly (string | null)[]
  /** How many agents work at the same time; every tenant has at least one. Default: 96. */
  readonly agents?: number
  /** When the first event may happen, ms since the epoch. Default: 2026-04-23T12:00:00Z. */
  readonly start?: number
  /**
   * About how much time the events should cover, ms: agents rest between their stories, longer at night (UTC) than by day.
   * They don't work faster than they can, so that many events take longer. Default: agents rest for 5 s on average.
   */
  readonly spanMs?: number
}

/** The fleet's tenants unless others are named. Exported for tests. */
export const DEFAULT_TENANTS: readonly (string | null)[] = [
  'baltic-freight',
  'nordbank',
  'helios.energy',
  'st_anna_clinic',
  'papyrus-dev',
  null,
]

const DEFAULT_AGENTS = 96
const DEFAULT_START = Date.UTC(2026, 3, 23, 12)
const DEFAULT_REST_MS = 5000
const ARTIFACT_STORY_SHARE = 0.06
const DAY_MS = 86_400_000

/** Measured over a million events with the default rest. */
const EVENTS_PER_STORY = 9.5
const STORY_MS = 35_000

/** An agent amid a story, with the event that comes next. */
interface Actor {
  readonly agent: FleetAgent
  at: number
  story: Story
  next: StoryEvent
}

/**
 * The events of a fleet of agents that work at the same time, in the order in which they happen, made one by one as they are
 * asked for; memory does not grow with their number. Every event is valid, and ids are unique for one seed. Error:
 * `InvalidSettings` for an empty list of tenants.
 */
export function* simulateFleet(options: FleetOptions): Generator<ExperienceEventEnvelope, void> {
  const { seed, events, start = DEFAULT_START } = options
  const random = new Random(seed)
  const tag = random.hex(1)
  const agents = recruitAgents(random, tag, options)
  const rest = restBetweenStories(options, agents.length)
  const actors = new EarliestFirst<Actor>()
  // Agents come to work one after the other over a usual story and rest, so that they don't march in step.
  for (const agent of agents) actors.push(beginActor(agent, start + agent.random.fraction() * (STORY_MS + rest)))

  for (let made = 0; made < events; made++) {
    const actor = actors.peek()
    if (actor === undefined) return
    const { agent, next } = actor
    yield {
      event_id: `evt-${tag}-${made.toString(36)}`,
      occurred_at: spellTime(next.at, agent.spelling),
      tenant_id: agent.tenant.id,
      correlation_id: next.correlationId,
      event: next.event,
    }
    goOn(actor, rest)
    actors.settleFirst()
  }
}

/** Zipf's law: the second tenant has half as many agents as the first, the third a third. */
function recruitAgents(random: Random, tag: string, options: FleetOptions): FleetAgent[] {
  const { tenants: ids = DEFAULT_TENANTS, agents: wanted = DEFAULT_AGENTS } = options
  if (ids.length === 0) throw new ExperienceError('InvalidSettings', 'fleet.tenants: must name at least one')
  const tenants = ids.map((id, index): FleetTenant => ({
    id,
    domain: domains[index % domains.length]!,
    backends: modelBackends.filter(({ provider }) => provider === null || random.chance(0.75)),
    policyHash: null,
  }))
  const shares = tenants.map((tenant, index) => ({ tenant, weight: 1 / (index + 1) }))
  return Array.from({ length: Math.max(wanted, tenants.length) }, (_, index) => {
    const tenant = tenants[index] ?? random.weighted(shares).tenant
    const own = random.fork()
    return {
      id: `${tenant.domain.name}-agent-${index}`,
      tag: `${tag}-${index.toString(36)}`,
      tenant,
      random: own,
      spelling: own.weighted(timeSpellings).spelling,
      stories: 0,
    }
  })
}

function restBetweenStories({ spanMs, events }: FleetOptions, agents: number): number {
  return spanMs === undefined ? DEFAULT_REST_MS : Math.max(0, (agents * EVENTS_PER_STORY * spanMs) / events - STORY_MS)
}

function beginStory(agent: FleetAgent, start: number): Story {
  agent.stories++
  return agent.random.chance(ARTIFACT_STORY_SHARE) ? artifactStory(agent, start) : runStory(agent, start)
}

function beginActor(agent: FleetAgent, start: number): Actor {
  for (;;) {
    const story = beginStory(agent, start)
    const first = story.next()
    if (first.done !== true) return { agent, at: first.value.at, story, next: first.value }
  }
}

function goOn(actor: Actor, rest: number): void {
  let step = actor.story.next()
  while (step.done === true) {
    // Twice as busy at 14:00 UTC as at 02:00.
    const busy = 1 - Math.cos((2 * Math.PI * (actor.at - 2 * 3_600_000)) / DAY_MS) / 3
    const pause = actor.agent.random.logNormal(rest, 0.5) / (busy * Math.exp(0.125))
    actor.story = beginStory(actor.agent, actor.at + pause)
    step = actor.story.next()
  }
  actor.next = step.value
  actor.at = step.value.at
}
