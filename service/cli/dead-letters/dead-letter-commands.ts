import { Option, type Command } from 'commander'
import { BAD_RECORD_REASONS } from '../../../consumers/read-record.ts'
import type { OutputFormat } from '../command-context.ts'
import type { Commands } from '../commands.ts'
import { faultyArgument, parseCount, parseTenant, withFormat } from '../options.ts'
import { choiceOf, type Choice } from '../../../operations/dead-letters/choice.ts'
import { DEAD_LETTER_STATES, type DeadLetterState } from '../../../operations/dead-letters/listed-dead-letter.ts'
import { printHeldTopics, releaseHeldTopics } from './held.ts'
import { listDeadLetters } from './list.ts'
import { printCorrected } from './correct.ts'
import { printDiscarded, printRetried } from './settle.ts'
import { showDeadLetter } from './show.ts'

interface FilterOptions {
  readonly tenant?: string
  readonly reason?: string
}

interface ChoiceOptions extends FilterOptions {
  readonly all: boolean
}

/** Adds the commands for records of the log that are no events. They work beside any projector. */
export function addDeadLetters(commands: Commands): void {
  const { command, context, runAnywhere } = commands
  const deadLetters = command(
    'dead-letters',
    'records of the log that are not events: list, retry or discard them; release held topics',
  )

  withFormat(withFilter(command('list', 'list dead letters with their reasons and states', deadLetters)))
    .addOption(
      new Option('--state <state>', 'what became of them').choices([...DEAD_LETTER_STATES, 'all']).default('open'),
    )
    .option('--limit <n>', 'how many at most', parseCount)
    .action(
      runAnywhere((options: FilterOptions & { state: DeadLetterState | 'all'; limit?: bigint; format: OutputFormat }) =>
        listDeadLetters(
          context(),
          { ...filterOf(options), state: options.state === 'all' ? null : options.state },
          { limit: options.limit ?? null, format: options.format },
        ),
      ),
    )

  command(
    'show',
    'print one dead letter in full: its bytes in base64, and its envelope as far as it can be read',
    deadLetters,
  )
    .argument('<id>', 'position of the bad record: topic/partition/offset')
    .action(runAnywhere((id: string) => showDeadLetter(context(), id)))

  withChoice(command('retry', 'append records that are events by now, or a corrected event', deadLetters))
    .option('--event <file>', 'the corrected envelope as JSON: a file, or - for standard input; with one id')
    .action(
      runAnywhere(async (ids: string[], options: ChoiceOptions & { event?: string }, self: Command) => {
        const choice = chosen(ids, options, self)
        if (options.event === undefined) return printRetried(context(), choice)
        const [id, another] = ids
        if (id === undefined || another !== undefined)
          return self.error('error: --event takes the place of one record: give one id')
        return printCorrected(context(), id, options.event)
      }),
    )

  withChoice(command('discard', 'settle dead letters that nobody needs; removes nothing', deadLetters))
    .requiredOption('--because <text>', 'why, for those who ask later', parseBecause)
    .action(
      runAnywhere(async (ids: string[], options: ChoiceOptions & { because: string }, self: Command) => {
        const choice = chosen(ids, options, self)
        return printDiscarded(context(), choice, options.because)
      }),
    )

  addHeld(commands, deadLetters)
}

/** Adds the commands for topics that are held since most of what came was no event. */
function addHeld({ command, context, runAnywhere }: Commands, deadLetters: Command): void {
  withFormat(
    command(
      'held',
      'list held topics: they are not projected any further, because most of their latest records are not events',
      deadLetters,
    ),
  ).action(runAnywhere((options: { format: OutputFormat }) => printHeldTopics(context(), options.format)))
  command('release', 'continue with held topics; everything that they hold now is let through', deadLetters)
    .argument('[topics...]', 'names of topics')
    .option('--tenant <id>', "a tenant's topic; '' is the topic of events without a tenant")
    .option('--all', 'all held topics', false)
    .action(
      runAnywhere(async (topics: string[], { tenant, all }: { tenant?: string; all: boolean }, self: Command) => {
        if ([topics.length > 0, tenant !== undefined, all].filter(Boolean).length !== 1)
          return self.error('error: give topics, or --tenant, or --all')
        return releaseHeldTopics(context(), all ? 'all' : tenant === undefined ? { topics } : { tenant })
      }),
    )
}

function withFilter(command: Command): Command {
  return command
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant', parseTenant)
    .addOption(new Option('--reason <reason>', 'why they are not events').choices(BAD_RECORD_REASONS))
}

function withChoice(command: Command): Command {
  return withFilter(
    command
      .argument('[ids...]', 'positions of the bad records: topic/partition/offset')
      .option('--all', 'all open ones, or those that --tenant and --reason select', false),
  )
}

function filterOf({ tenant, reason }: FilterOptions): {
  readonly tenant: string | null
  readonly reason: string | null
} {
  return { tenant: tenant ?? null, reason: reason ?? null }
}

function chosen(ids: readonly string[], options: ChoiceOptions, command: Command): Choice {
  const choice = choiceOf({ ids, all: options.all, ...filterOf(options) })
  if (choice !== null) return choice
  if (options.all === ids.length > 0) return command.error('error: give ids, or --all')
  return command.error('error: --tenant and --reason go with --all')
}

const MAX_BECAUSE = 1000

function parseBecause(text: string): string {
  if (text.trim() === '' || text.length > MAX_BECAUSE) throw faultyArgument(`must have 1 to ${MAX_BECAUSE} characters`)
  return text
}
