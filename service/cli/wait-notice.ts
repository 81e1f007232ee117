import type { CommandContext } from './command-context.ts'

/** Tells why a command that may not run beside others does nothing yet. */
export function waitNotice({ stderr, settings }: CommandContext): () => void {
  return () => {
    const { KAFKA_SESSION_TIMEOUT_MS } = settings
    stderr.write(
      `another process rebuilds, rolls back, prunes or deletes, or was killed while it did: waiting until that is clear ` +
        `(KAFKA_SESSION_TIMEOUT_MS, ${KAFKA_SESSION_TIMEOUT_MS}, and 10,000 ms)\n`,
    )
  }
}
