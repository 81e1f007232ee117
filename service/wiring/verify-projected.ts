import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { upToHeld, type HeldBack } from '../../consumers/projection-progress.ts'
import type { PartitionOffsets } from '../../log/event-log.ts'
import { heldDifference } from '../../operations/verify/difference.ts'
import { verify, type Verification } from '../../operations/verify/verify.ts'
import type { ConsumerWiring } from './consumer-wiring.ts'

/**
 * Proves that the tables of the live generation equal the log, of all tenants or one, up to an end that is projected but for what is
 * held. Error: `NotFound` (neither knows the tenant).
 */
export async function verifyProjected(
  wiring: ConsumerWiring,
  tenant: string | null,
  endOfLog: readonly PartitionOffsets[],
  held: HeldBack,
): Promise<Verification> {
  const { topics, live } = wiring
  const among = tenant === null ? 'all' : [topics.topic('events', tenant)]
  const generation = await live.now()
  const parts = { ...wiring, generation, group: projectorGroup(topics, generation) }
  const verified = await verify(parts, upToHeld(endOfLog, held), { among })
  // That nothing differs from nothing would look like a proof.
  if (tenant !== null && endOfLog.length === 0 && verified.differences.length === 0)
    throw new ExperienceError('NotFound', `there is no tenant ${JSON.stringify(tenant)}`)
  return { ...verified, differences: [...held.map(heldDifference), ...verified.differences] }
}
