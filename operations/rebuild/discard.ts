import type { Dependencies } from '../dependencies.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { dropGeneration } from '../../projections/generations/generations.ts'
import { projectorGroup, seedGroup } from '../../consumers/generation-group.ts'

export type DiscardParts = Pick<Dependencies, 'log' | 'topics' | 'store'>

/** Removes the tables and groups of a generation that nobody projects into. Repeating it changes nothing. */
export async function discard({ log, topics, store }: DiscardParts, unwanted: Generation): Promise<void> {
  await dropGeneration(store, unwanted)
  await log.deleteGroup(projectorGroup(topics, unwanted))
  await log.deleteGroup(seedGroup(topics, unwanted))
}
