import { NEVER, pause } from '../../../base/waiting.ts'
import { isRetriable } from './kafka-failure.ts'

export const FIRST_BACK_OFF_MS = 5
export const LONGEST_BACK_OFF_MS = 1000

/** Does an action again, with a growing back-off, while what stops it may pass. */
export async function retryFor<Result>(giveUpMs: number, action: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + giveUpMs
  for (let backOff = FIRST_BACK_OFF_MS; ; backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MS)) {
    try {
      return await action()
    } catch (error) {
      if (!isRetriable(error) || performance.now() + backOff > deadline) throw error
      await pause(backOff, NEVER)
    }
  }
}
