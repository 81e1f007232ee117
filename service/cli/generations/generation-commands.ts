import { Option, type Command } from 'commander'
import type { RebuildScope } from '../../../operations/log/operation.ts'
import type { OutputFormat } from '../command-context.ts'
import type { Commands } from '../commands.ts'
import { faultyArgument, parseBound, withFormat } from '../options.ts'
import { printGenerations, pruneGenerations, rollBackGenerations } from './print-generations.ts'
import { rebuildProjections } from './rebuild-projections.ts'
import { abandonHere, printPaused, printRebuildStatus, resumeHere } from './steer-rebuild.ts'

interface ScopeOptions {
  readonly tenant: string[]
  readonly projection: NonNullable<RebuildScope['projections']>
  readonly from?: string
  readonly to?: string
}

interface Acceptance {
  readonly acceptDeadLetters: boolean
  readonly acceptLostEvents: boolean
}

/** Adds the commands that build projections anew from the log, and switch readers between generations of them. */
export function addGenerations({ command, context, runAnywhere }: Commands): void {
  const rebuild = command('rebuild', 'rebuild the projections from the log, verify them, and switch readers to them')
    .option('--tenant <id>', "rebuild only this tenant ('': events without a tenant); may be repeated", collect, [])
    .addOption(
      new Option('--projection <name>', 'rebuild only this projection: events or dead_letters; may be repeated')
        .argParser(collectProjection)
        .default([]),
    )
    .option('--from <instant>', 'build a side table from this instant on; readers do not switch to it', parseBound)
    .option('--to <instant>', 'last instant of the side table, included', parseBound)
  withAcceptance(rebuild).action(
    runAnywhere((options: ScopeOptions & Acceptance) => {
      const { acceptDeadLetters, acceptLostEvents } = options
      return rebuildProjections(context(), { scope: scopeOf(options), acceptDeadLetters, acceptLostEvents })
    }),
  )
  command('status', 'print how far the open rebuild is', rebuild).action(
    runAnywhere(() => printRebuildStatus(context())),
  )
  command('pause', 'pause the open rebuild', rebuild).action(runAnywhere(() => printPaused(context())))
  withAcceptance(command('resume', 'continue the open rebuild', rebuild)).action(
    // Commander gives what both commands know to `rebuild`, wherever it stands.
    runAnywhere((_: Acceptance, resume: Command) => {
      const { acceptDeadLetters, acceptLostEvents } = resume.optsWithGlobals<Acceptance>()
      return resumeHere(context(), { acceptDeadLetters, acceptLostEvents })
    }),
  )
  command('abandon', 'give up the open rebuild, and remove what it built', rebuild).action(
    runAnywhere(() => abandonHere(context())),
  )

  const generations = command('generations', 'list, roll back or prune generations, the sets of projection tables')
  withFormat(command('list', 'list all generations, the oldest first', generations)).action(
    runAnywhere((options: { format: OutputFormat }) => printGenerations(context(), options.format)),
  )
  for (const parent of [generations, undefined]) {
    const add = (name: string, description: string): Command => command(name, description, parent)
    add('rollback', 'switch readers back to the previous generation').action(
      runAnywhere(() => rollBackGenerations(context())),
    )
    add('prune', 'remove generations that readers do not follow')
      .argument('[ids...]', 'which ones; default: all except side tables')
      .action(runAnywhere((ids: string[]) => pruneGenerations(context(), ids)))
  }
}

function withAcceptance(command: Command): Command {
  return command
    .option('--accept-dead-letters', 'switch even if some present events become dead letters', false)
    .option('--accept-lost-events', 'switch even if the present tables hold events that the log has lost', false)
}

function scopeOf({ tenant, projection, from, to }: ScopeOptions): RebuildScope {
  const hasRange = from !== undefined || to !== undefined
  return {
    tenants: tenant.length === 0 ? null : tenant.toSorted(),
    projections: projection.length === 0 ? null : projection.toSorted(),
    range: hasRange ? { from: from ?? null, to: to ?? null } : null,
  }
}

function collect(word: string, words: unknown): string[] {
  return [...(words as readonly string[]), word]
}

function collectProjection(word: string, words: unknown): string[] {
  if (word !== 'events' && word !== 'dead_letters') throw faultyArgument('must be events or dead_letters')
  return collect(word, words)
}
