import { generation } from '../../projections/generations/generation.ts'
import { BuildingProjector } from './building-projector.ts'
import { generationsState } from './generations-state.ts'
import { carryOut } from './hand-over.ts'
import type { RebuildParts } from './rebuild.ts'

/**
 * Completes the switch of a process that died between the decision and the readers, where no projector has done so yet: what is
 * decided next would else be about a generation that readers do not follow. Errors: `Unavailable`, `StorageError`.
 */
export async function finishSwitch(parts: RebuildParts): Promise<void> {
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
