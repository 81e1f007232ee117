import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { dropGeneration } from '../../projections/generations/generations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { projectorGroup, seedGroup } from '../../consumers/generation-group.ts'

export interface DiscardParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly store: ReadModelStore
}

/** Removes the tables and groups of a generation that nobody projects into. Repeating it changes nothing. */
export async function discard({ log, topics, store }: DiscardParts, unwanted: Generation): Promise<void> {
  await dropGeneration(store, unwanted)
  await log.deleteGroup(projectorGroup(topics, unwanted))
  await log.deleteGroup(seedGroup(topics, unwanted))
}
