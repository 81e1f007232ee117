import { listGenerations } from '../../projections/generations/generations.ts'
import type { Service } from './service.ts'

/** The generations that have tables, the oldest first, as every door shows them. Errors: `Unavailable`, `StorageError`. */
export async function shownGenerations(service: Service) {
  const { statuses } = await service.generations()
  const live = await service.liveGeneration()
  return (await listGenerations(service.readModel.store)).map((each) => ({
    generation: each.generation.id,
    status: each.generation.id === live.id ? 'live' : (statuses.get(each.generation.id) ?? 'unknown'),
    created_at: new Date(each.createdAt).toISOString(),
    form: each.form,
    events: each.events,
    dead_letters: each.deadLetters,
    bytes: each.bytes,
  }))
}
