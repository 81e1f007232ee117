import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import type { CommandContext } from '../command-context.ts'

/** Tells why a command that may not run beside others does nothing yet. */
export function waitNotice({ stderr, settings }: CommandContext): () => void {
  return () => {
    stderr.write(
      'another process is rebuilding, rolling back, pruning or deleting, or was killed while it did: ' +
        `waiting up to ${deadMemberTimeout(settings)} ms to find out\n`,
    )
  }
}
