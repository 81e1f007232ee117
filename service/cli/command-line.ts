import { Command, InvalidArgumentError, Option } from 'commander'
import type { Readable, Writable } from 'node:stream'
import {
  OUTCOME_BUCKETS,
  OUTCOME_DIMENSIONS,
  type OutcomeBucket,
  type OutcomeDimension,
} from '../../queries/outcomes.ts'
import { eventKinds, type EventKind } from '../../schemas/contract/event-kind.ts'
import { ArtifactState } from '../../schemas/contract/artifact.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'
import { parseInstant } from '../../schemas/instant.ts'
import { readSettings } from '../settings.ts'
import { artifacts, budgets, chains, outcomes, summary, traceLink } from './answers.ts'
import type { CommandContext, OutputFormat } from './command-context.ts'
import { demo } from './demo.ts'
import { ingest } from './ingest.ts'
import { project } from './project.ts'
import { packageVersion } from './package-version.ts'
import { query } from './query.ts'
import { verify } from './verify.ts'

export interface CommandLineParts {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly streams: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable }
  readonly stopped: AbortSignal
  readonly onExit: (exitCode: number) => void
}

interface Filter {
  readonly tenant?: string
  readonly from?: string
  readonly to?: string
}

/** The commands with their options. Wrong use is told on stderr and thrown as `CommanderError`. */
export function commandLine({ environment, streams, stopped, onExit }: CommandLineParts): Command {
  const program = new Command('experience-log')
    .description('Keeps the experience events of AI agents in a streaming log and answers questions about them.')
    .version(packageVersion())
    .option('--data <dir>', 'directory of the embedded log and read model (or EXPERIENCE_LOG_DATA)')
    .addHelpText(
      'after',
      '\nKAFKA_BROKERS with SCHEMA_REGISTRY_URL, and CLICKHOUSE_URL, switch to real servers; docs/settings.md lists all settings.' +
        '\nExit codes: 0 done; 1 done, and the answer is no; 2 wrong use or settings; 3 a server cannot be reached or is behind.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .showHelpAfterError('(--help tells how to use it)')

  const optionFaults: string[] = []
  const context = (): CommandContext => {
    const { data } = program.opts<{ data?: string }>()
    const overrides = data === undefined ? {} : { EXPERIENCE_LOG_DATA: data }
    try {
      const settings = readSettings({ ...environment, ...overrides })
      if (optionFaults.length === 0) return { settings, ...streams, stopped }
    } catch (error) {
      if (optionFaults.length === 0 || !(error instanceof ExperienceError)) throw error
      optionFaults.push(error.message)
    }
    return program.error(optionFaults.join('\n'))
  }
  const command = (name: string, description: string, parent = program): Command => {
    const added = parent.command(name).description(description)
    return added.exitOverride().copyInheritedSettings(program)
  }
  const run =
    <Args extends unknown[]>(action: (...args: Args) => Promise<number>) =>
    async (...args: Args): Promise<void> =>
      onExit(await action(...args))

  command('ingest', 'append envelopes, one a line; prints how many were accepted, and each refused line on stderr')
    .argument('[file]', 'a file, or - for standard input', '-')
    .action(run((file: string) => ingest(context(), file)))

  withFilter(command('query', 'print envelopes as JSON lines, as the reference writes them'))
    .addOption(
      new Option('--kind <kind>', `a kind of event; may be repeated`)
        .choices(eventKinds)
        .argParser(collectKind)
        .default([]),
    )
    .option('--chain <id>', 'chain of decisions')
    .option('--correlation <id>', 'correlation id: a run')
    .option('--event-id <id>', 'event id; there may be several events, since producers reuse ids')
    .option('--trace-link <id>', 'trace')
    .option('--artifact <id>', 'artifact')
    .option('--proposal <id>', 'proposal')
    .option('--limit <n>', 'how many at most', parseCount)
    .option('--desc', 'latest first', false)
    .option('--after <cursor>', 'go on behind the event that --cursor named')
    .option('--cursor', 'print on stderr the cursor of the last event', false)
    .action(
      run((options: Filter & QueryOptions) =>
        query(
          context(),
          {
            ...tenantAndRange(options),
            kinds: options.kind,
            chain_id: options.chain ?? null,
            correlation_id: options.correlation ?? null,
            event_id: options.eventId ?? null,
            trace_link_id: options.traceLink ?? null,
            artifact_id: options.artifact ?? null,
            proposal_id: options.proposal ?? null,
            limit: options.limit ?? null,
            descending: options.desc,
            after: options.after ?? null,
          },
          { printCursor: options.cursor },
        ),
      ),
    )

  command(
    'project',
    'project the log into the read model until stopped; start as many as needed on real servers',
  ).action(run(() => project(context())))

  withFormat(command('artifacts', 'where artifacts stand, by their transitions and rollbacks'))
    .option('--tenant <id>', 'tenant')
    .option('--artifact <id>', 'artifact')
    .option('--kind <kind>', 'Adapter, Pack, Policy, TruthFile or EvalSuite; any other word is a kind of its own')
    .addOption(new Option('--state <state>', 'where they stand').choices(ArtifactState.options))
    .option('--limit <n>', 'how many at most', parseCount)
    .action(
      run((options: ArtifactOptions) =>
        artifacts(
          context(),
          {
            tenant_id: options.tenant ?? null,
            artifact_id: options.artifact ?? null,
            kind: options.kind === undefined ? null : artifactKindOf(options.kind),
            state: options.state ?? null,
            limit: options.limit ?? null,
          },
          options.format,
        ),
      ),
    )

  command('trace-link', 'print the replay trace that was recorded last under an id')
    .argument('<id>', 'trace')
    .option('--tenant <id>', 'tenant; without it all tenants are searched')
    .action(run((id: string, options: { tenant?: string }) => traceLink(context(), id, options.tenant ?? null)))

  withFormat(command('summary', 'count events per kind'))
    .option('--tenant <id>', 'tenant')
    .action(
      run((options: Filter & { format: OutputFormat }) => summary(context(), options.tenant ?? null, options.format)),
    )

  command('chain', "print a chain's events in order")
    .argument('<id>', 'chain of decisions')
    .option('--tenant <id>', 'tenant')
    .action(
      run((id: string, options: { tenant?: string }) =>
        query(context(), { kinds: [], chain_id: id, tenant_id: options.tenant ?? null }, { named: `chain ${id}` }),
      ),
    )

  const analytics = command('analytics', 'cost and latency over outcomes, chains and budgets')
  withFormat(withFilter(command('outcomes', 'count, pass rate, latency, tokens and cost of outcomes', analytics)))
    .addOption(
      new Option('--bucket <bucket>', 'length of time that a row stands for').choices(OUTCOME_BUCKETS).default('day'),
    )
    .addOption(
      new Option('--by <dimension...>', 'what else a row stands for')
        .choices(OUTCOME_DIMENSIONS)
        .default([...OUTCOME_DIMENSIONS]),
    )
    .action(
      run((options: Filter & OutcomeOptions) =>
        outcomes(context(), { ...tenantAndRange(options), bucket: options.bucket, by: options.by }, options.format),
      ),
    )
  withFormat(withFilter(command('chains', 'the most expensive chains', analytics)))
    .addOption(countOption('--limit <n>', 'how many at most', 20n))
    .action(
      run((options: Filter & { format: OutputFormat; limit: bigint }) =>
        chains(context(), { ...tenantAndRange(options), limit: options.limit }, options.format),
      ),
    )
  withFormat(withFilter(command('budgets', 'budgets exceeded, by resource', analytics))).action(
    run((options: Filter & { format: OutputFormat }) => budgets(context(), tenantAndRange(options), options.format)),
  )

  command('verify', 'add the log up, compare with the read model, and print what differs').action(
    run(() => verify(context())),
  )

  command('demo', 'a simulated fleet: append, project, and answer the questions above')
    .addOption(countOption('--events <n>', 'how many events', 20_000n))
    .addOption(countOption('--seed <n>', 'seed of the fleet', 1n))
    .action(run((options: { events: bigint; seed: bigint }) => demo(context(), options)))

  collectFaults(program, optionFaults)
  return program
}

/** Makes options note their faults instead of ending the program at the first: all are told before the command would run. */
function collectFaults(command: Command, faults: string[]): void {
  for (const option of command.options) {
    const parse = option.parseArg
    if (parse === undefined) continue
    option.argParser((text: string, previous: unknown) => {
      try {
        return parse(text, previous)
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error
        faults.push(`error: option '${option.flags}' argument '${text}' is invalid. ${error.message}`)
        return previous
      }
    })
  }
  for (const subcommand of command.commands) collectFaults(subcommand, faults)
}

interface QueryOptions {
  readonly kind: EventKind[]
  readonly chain?: string
  readonly correlation?: string
  readonly eventId?: string
  readonly traceLink?: string
  readonly artifact?: string
  readonly proposal?: string
  readonly limit?: bigint
  readonly desc: boolean
  readonly after?: string
  readonly cursor: boolean
}

interface ArtifactOptions {
  readonly tenant?: string
  readonly artifact?: string
  readonly kind?: string
  readonly state?: ArtifactState
  readonly limit?: bigint
  readonly format: OutputFormat
}

interface OutcomeOptions {
  readonly bucket: OutcomeBucket
  readonly by: OutcomeDimension[]
  readonly format: OutputFormat
}

function withFilter(command: Command): Command {
  return command
    .option('--tenant <id>', 'tenant; without it all tenants and the events without one')
    .option('--from <instant>', 'first instant: ISO 8601, or epoch seconds followed by Z', parseBound)
    .option('--to <instant>', 'last instant, included', parseBound)
}

function withFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'JSON lines, or a table for people').choices(['json', 'table']).default('json'),
  )
}

/** Commander cannot print a bigint by itself. */
function countOption(flags: string, description: string, byDefault: bigint): Option {
  return new Option(flags, description).argParser(parseCount).default(byDefault, byDefault.toString())
}

function tenantAndRange({ tenant, from, to }: Filter): {
  readonly tenant_id: string | null
  readonly time_range: { readonly start: string | null; readonly end: string | null } | null
} {
  const hasRange = from !== undefined || to !== undefined
  return { tenant_id: tenant ?? null, time_range: hasRange ? { start: from ?? null, end: to ?? null } : null }
}

function collectKind(kind: string, kinds: EventKind[]): EventKind[] {
  if (!eventKinds.includes(kind as EventKind))
    throw new InvalidArgumentError(`must be one of ${eventKinds.join(', ')}.`)
  return [...kinds, kind as EventKind]
}

const LARGEST_COUNT = 2n ** 64n - 1n

function parseBound(text: string): string {
  if (parseInstant(text) === null)
    throw new InvalidArgumentError('must be an ISO 8601 time, or epoch seconds followed by Z.')
  return text
}

function parseCount(text: string): bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > LARGEST_COUNT)
    throw new InvalidArgumentError('must be a whole number.')
  return BigInt(text)
}

const KNOWN_ARTIFACT_KINDS = ['Adapter', 'Pack', 'Policy', 'TruthFile', 'EvalSuite'] as const

function artifactKindOf(word: string): (typeof KNOWN_ARTIFACT_KINDS)[number] | { Other: string } {
  return KNOWN_ARTIFACT_KINDS.find((known) => known === word) ?? { Other: word }
}
