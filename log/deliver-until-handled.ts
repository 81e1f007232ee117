import type { BatchHandler, PartitionClaim, RecordBatch } from './event-log.ts'
import { pause } from './wake-up.ts'

const FIRST_BACK_OFF_MS = 100
const LONGEST_BACK_OFF_MS = 5000

/**
 * Hands a batch to the handler again and again, with a growing back-off, until it resolves. Answers false when the signal
 * aborts first. A handler under way is always waited for: this is what drains a partition before it is given away.
 */
export const deliverUntilHandled = async (
  batch: RecordBatch,
  claim: PartitionClaim,
  handler: BatchHandler,
  signal: AbortSignal,
): Promise<boolean> => {
  for (let backOff = FIRST_BACK_OFF_MS; !signal.aborted; backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MS)) {
    try {
      await handler(batch, claim)
      return true
    } catch {
      // The handler knows best what failed, and reports it; here it only means "not handled".
      await pause(backOff, signal)
    }
  }
  return false
}
