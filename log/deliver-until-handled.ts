import { pause } from '../base/waiting.ts'
import { Postponed } from './group-consumer.ts'

const FIRST_BACK_OFF_MS = 100
const LONGEST_BACK_OFF_MS = 5000

/**
 * Delivers a range again and again, with a growing back-off, until its handler resolves; one that is postponed, not before that is
 * over. Answers false when the signal aborts first. A delivery under way is always waited for: this is what drains a partition before
 * it is given away. Whatever is scarce, such as a slot, belongs in `deliver`, so that it is not kept over the back-off.
 */
export async function deliverUntilHandled(deliver: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  let attempt = deliver
  for (let backOff = FIRST_BACK_OFF_MS; !signal.aborted; backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MS)) {
    try {
      await attempt()
      return true
    } catch (error) {
      // The handler knows best what failed, and reports it; here it only means "not handled".
      attempt = error instanceof Postponed ? afterwards(error, deliver) : deliver
      await pause(backOff, signal)
    }
  }
  return false
}

function afterwards(postponed: Postponed, deliver: () => Promise<void>): () => Promise<void> {
  return async () => {
    if (!(await postponed.isOver().catch(() => false))) throw postponed
    await deliver()
  }
}
