import type { Dependencies } from '../dependencies.ts'
import { pause } from '../../base/waiting.ts'
import type { LoggedOperation } from '../log/operation.ts'
import { countTopicRows, deleteTopicRows } from '../../projections/generations/topic-rows.ts'
import { listGenerations } from '../../projections/generations/generations.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { checkRights } from '../rights/check-rights.ts'
import { exclusively, requireIdle, type ExclusiveParts } from '../rebuild/exclusively.ts'

export interface DeleteTenantParts extends ExclusiveParts, Pick<Dependencies, 'store' | 'operations'> {
  /** How long a running projector may take to notice that a topic is gone, ms. */
  readonly letGoMs: number
}

export interface DeletedTenant {
  /** Records of its topics. */
  readonly records: number
  /** Rows of the generation that had most. */
  readonly events: number
  readonly dead_letters: number
}

/**
 * Removes a tenant from the log and from every generation of the read model: its topics first, so that nothing brings the rows
 * back, then the rows, until none has come for as long as a projector may have had a range of them under way. Who is interrupted
 * does the same again. What was deleted, and by whom, stays in the operations log. `''` stands for events without a tenant.
 * Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function deleteTenant(parts: DeleteTenantParts, tenant: string): Promise<DeletedTenant> {
  const { log, topics, store, operations } = parts
  const eventsTopic = topics.topic('events', tenant === '' ? null : tenant)
  const names = [eventsTopic, topics.topic('dead-letters', tenant === '' ? null : tenant)]
  await checkRights(parts, 'delete a tenant')
  let deleted = openDeletion(await operations.read(), tenant)
  if (deleted === null) {
    const held = await log.offsets(names)
    const records = held.reduce((sum, { earliest, next }) => sum + Number(next - earliest), 0)
    deleted = { records, ...(await rowsOf(store, eventsTopic)) }
    if (held.length === 0 && deleted.events + deleted.dead_letters === 0)
      throw new ExperienceError('NotFound', `there is no tenant ${JSON.stringify(tenant)}`)
    // Nothing is noted as begun that is then refused.
    await requireIdle(parts)
    await operations.append({ type: 'TenantDeletionStarted', tenant, topic: eventsTopic, ...deleted })
  }
  const found = deleted
  return exclusively(parts, async () => {
    await log.deleteTopics(names)
    for (;;) {
      for (const { generation } of await listGenerations(store)) await deleteTopicRows(store, generation, eventsTopic)
      await pause(parts.letGoMs, parts.stopped)
      if (parts.stopped.aborted)
        throw new ExperienceError(
          'Interrupted',
          'stopped before all rows were deleted: run the same command again to continue',
        )
      const left = await rowsOf(store, eventsTopic)
      if (left.events + left.dead_letters === 0) break
    }
    await operations.append({ type: 'TenantDeleted', tenant, topic: eventsTopic, ...found })
    return found
  })
}

async function rowsOf(store: ReadModelStore, topic: string): Promise<Omit<DeletedTenant, 'records'>> {
  const most = { events: 0, dead_letters: 0 }
  for (const { generation } of await listGenerations(store)) {
    const rows = await countTopicRows(store, generation, topic)
    most.events = Math.max(most.events, rows.events)
    most.dead_letters = Math.max(most.dead_letters, rows.dead_letters)
  }
  return most
}

/** What an interrupted deletion found when it began; null where none is open. */
function openDeletion(logged: readonly LoggedOperation[], tenant: string): DeletedTenant | null {
  let open: DeletedTenant | null = null
  for (const { operation } of logged) {
    if (operation.type === 'TenantDeleted' && operation.tenant === tenant) open = null
    if (operation.type !== 'TenantDeletionStarted' || operation.tenant !== tenant) continue
    const { records, events, dead_letters } = operation
    open = { records, events, dead_letters }
  }
  return open
}
