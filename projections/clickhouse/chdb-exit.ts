import type { ChdbSession } from './chdb-session.ts'

/** Killed statements end within milliseconds. */
const PATIENCE_MS = 5000
const PAUSE_MS = 10

/**
 * Closes the sessions when the process exits, in whatever way: by `process.exit`, or by an error that nobody catches. Where a
 * connection is open, the engine crashes or hangs in its own exit handlers. chDB's binding means to close them before that, but
 * first waits for what runs on them, by promises that settle no more. Returns what takes that back.
 */
export function closeAtExit(sessions: readonly ChdbSession[], openSession: () => ChdbSession): () => void {
  const close = (): void => {
    try {
      if (!sessions.every(({ isIdle }) => isIdle)) endStatements(sessions, openSession())
      for (const session of sessions) session.closeNow()
    } catch {
      kill()
    }
  }
  // Before chDB's own.
  process.prependListener('exit', close)
  return () => process.off('exit', close)
}

/** Kills statements until all are finished: the engine must not lose a connection that it works for. */
function endStatements(sessions: readonly ChdbSession[], control: ChdbSession): void {
  const deadline = performance.now() + PATIENCE_MS
  do {
    if (performance.now() > deadline) kill()
    control.runNow('KILL QUERY WHERE 1 ASYNC')
    sleep(PAUSE_MS)
    // A session that runs one cannot be asked before it has ended. Killed ones may stay in the list.
  } while (control.runNow(RUNNING) !== '0' || !sessions.every((session) => session.hasFinished()))
  control.closeNow()
}

const RUNNING = 'SELECT count() FROM system.processes WHERE NOT is_cancelled AND query_id != queryID()'

/** Better than to crash, or never to end. Nothing is lost by it: see docs/failures.md. */
function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
