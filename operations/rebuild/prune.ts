import type { Dependencies } from '../dependencies.ts'
import { generation, type Generation } from '../../projections/generations/generation.ts'
import { listGenerations } from '../../projections/generations/generations.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { checkRights } from '../rights/check-rights.ts'
import { discard, type DiscardParts } from './discard.ts'
import { exclusively, type ExclusiveParts } from './exclusively.ts'
import { generationsState } from './generations-state.ts'

export type PruneParts = DiscardParts & ExclusiveParts & Pick<Dependencies, 'operations' | 'readModel' | 'live'>

/**
 * Removes generations that readers do not follow: those named, or all that were left behind or abandoned, but no side tables.
 * Answers which. Errors: `NotFound`, `InvalidQuery` (in use), `Unavailable`, `StorageError`.
 */
export async function prune(parts: PruneParts, ids: readonly string[]): Promise<Generation[]> {
  const { store, operations, readModel } = parts
  // Without any operation there is nothing but the first generation, and no topic that tells who may work.
  if ((await operations.read()).length === 0) {
    if (ids.length === 0) return []
    throw new ExperienceError('NotFound', 'readers follow the only generation: there is nothing to prune')
  }
  await checkRights(parts, 'prune')
  return exclusively(parts, async (check) => {
    const { statuses, target, rebuild } = generationsState(await operations.read(), readModel)
    const live = await parts.live()
    const inUse = new Set([live.id, target, rebuild?.generation])
    const there = new Set<string>((await listGenerations(store)).map((each) => each.generation.id))
    for (const id of ids) {
      if (inUse.has(id)) throw new ExperienceError('InvalidQuery', `id: generation ${id} is in use`, { field: 'id' })
      if (!there.has(id)) throw new ExperienceError('NotFound', `there is no generation ${JSON.stringify(id)}`)
    }
    const leftBehind = [...there].filter((id) => !inUse.has(id) && statuses.get(id) !== 'side table')
    const chosen = ids.length > 0 ? ids : leftBehind
    for (const id of chosen) {
      await check()
      // First the word, so that nobody rolls back to what is half gone. Who is interrupted here prunes again.
      await operations.append({ type: 'GenerationPruned', read_model: readModel, generation: id })
      await discard(parts, generation(id))
    }
    return chosen.map(generation)
  })
}
