import type { ProjectionProgress } from '../../consumers/projection-progress.ts'

/** A log that grows as fast as it is projected is never caught up with; what is left after so many rounds is little. */
const ROUNDS = 5
/** What takes no longer to catch up with leaves too little to go after it once more. */
const SHORT_ROUND_MS = 2000

/** Resolves when the log is projected up to (nearly) its end, which moves on meanwhile, or when the signal aborts. */
export async function catchUp(progress: ProjectionProgress, end: AbortSignal): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const begunAt = performance.now()
    await progress.reach(await progress.endOfLog(), end)
    if (end.aborted || performance.now() - begunAt < SHORT_ROUND_MS) return
  }
}
