import type { Dependencies } from '../dependencies.ts'
import { generation } from '../../projections/generations/generation.ts'
import { BuildingProjector, type BuildingParts, type BuildLimits } from './building-projector.ts'
import { generationsState } from './generations-state.ts'
import { carryOut, type CarryOutParts } from './hand-over.ts'

export interface SwitchParts extends CarryOutParts, BuildingParts, Pick<Dependencies, 'live'> {
  readonly limits: BuildLimits
  /** How long projectors may take to leave the old generation, ms. */
  readonly handOverMs: number
}

/**
 * Completes the switch of a process that died between the decision and the readers, where no projector has done so yet: what is
 * decided next would otherwise be about a generation that readers do not follow. Errors: `Interrupted`, `Unavailable`, `StorageError`.
 */
export async function finishSwitch(parts: SwitchParts): Promise<void> {
  const { target } = generationsState(await parts.operations.read(), parts.readModel)
  const from = await parts.live()
  if (target === null || target === from.id) return
  const to = generation(target)
  const projector = new BuildingProjector(parts, to, undefined, parts.limits)
  const running = projector.run()
  try {
    await Promise.race([carryOut(parts, { from, to, timeoutMs: parts.handOverMs }), running])
  } finally {
    await projector.stop()
  }
}
