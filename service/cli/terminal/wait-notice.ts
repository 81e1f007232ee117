import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import type { CommandContext } from '../command-context.ts'

/** Tells why a command that may not run beside others does nothing yet. */
export function waitNotice({ stderr, settings }: CommandContext): () => void {
  return () => {
    stderr.write(
      'another process rebuilds, rolls back, prunes or deletes, or was killed while it did: ' +
        `waiting up to ${deadMemberTimeout(settings)} ms until that is clear\n`,
    )
  }
}
