import { generation, type Generation } from '../../projections/generations/generation.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { ProjectionProgress } from '../../consumers/projection-progress.ts'
import { checkRights } from '../rights/check-rights.ts'
import { BuildingProjector } from './building-projector.ts'
import { catchUp } from './catch-up.ts'
import { exclusively } from './exclusively.ts'
import { finishSwitch } from './finish-switch.ts'
import { generationsState } from './generations-state.ts'
import { handOver } from './hand-over.ts'
import type { RebuildParts } from './rebuild.ts'

export interface RollBackResult {
  readonly from: Generation
  readonly to: Generation
}

/**
 * Brings the generation that readers followed before up to date, which stood still since, and switches readers back to it. A
 * second time, it leads forward again. Errors: `NotFound` (there is none, or it was pruned), `Interrupted`, `Unavailable`,
 * `StorageError`.
 */
export async function rollBack(parts: RebuildParts): Promise<RollBackResult> {
  await previousGeneration(parts)
  await checkRights(parts, 'roll back')
  return exclusively(parts, async (check) => {
    await finishSwitch(parts)
    const to = await previousGeneration(parts)
    const from = await parts.live()
    const projector = new BuildingProjector(parts, to, undefined, parts.limits)
    const running = projector.run()
    try {
      await Promise.race([caughtUp(parts, to), running])
      if (parts.stopped.aborted) throw new ExperienceError('Interrupted', 'stopped before readers were switched')
      await check()
      await handOver(parts, { from, to, because: 'rollback', timeoutMs: parts.handOverMs })
      return { from, to }
    } finally {
      await projector.stop()
    }
  })
}

async function previousGeneration({ operations, readModel }: RebuildParts): Promise<Generation> {
  const { previous } = generationsState(await operations.read(), readModel)
  if (previous !== null) return generation(previous)
  throw new ExperienceError(
    'NotFound',
    'there is no previous generation: readers were never switched, or it was pruned',
  )
}

async function caughtUp({ log, topics, holds, stopped }: RebuildParts, to: Generation): Promise<void> {
  const group = projectorGroup(topics, to)
  await catchUp(new ProjectionProgress(log, topics, async () => group, holds), stopped)
}
