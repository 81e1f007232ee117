import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'

export type RunAction = <Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>

/** What a group of commands is added with. */
export interface Commands {
  /** Adds a command, to the program or to one of its commands. */
  readonly command: (name: string, description: string, parent?: Command) => Command
  /** What the action works with. Ends the program where options or settings are at fault, naming every fault. */
  readonly context: () => CommandContext
  /** Makes an action of what answers with an exit code, and needs the log itself. Error: `InvalidSettings`, where a server is named. */
  readonly run: RunAction
  /** As `run`, for what is done in this process even where another one serves the data directory. */
  readonly runHere: RunAction
  /** As `run`, for what asks a server over HTTP where one is named. */
  readonly runAnywhere: RunAction
}
