import { Option } from 'commander'
import {
  OUTCOME_BUCKETS,
  OUTCOME_DIMENSIONS,
  type OutcomeBucket,
  type OutcomeDimension,
} from '../../../queries/analytics.ts'
import { ArtifactState } from '../../../schemas/contract/artifact.ts'
import type { EventKind } from '../../../schemas/types/query-types.ts'
import { printAnswer, printChain, printQuery, printSummary, printTraceLink, type Asking } from './answers.ts'
import type { Commands } from '../commands.ts'
import {
  countOption,
  faultyArgument,
  kindOption,
  parseCount,
  parseTenant,
  tenantAndRange,
  withAsOf,
  withFilter,
  withFormat,
  type Filter,
  type Moment,
} from '../options.ts'

/** Adds the commands that ask the read model. */
export function addQuestions({ command, context, runAnywhere }: Commands): void {
  withAsOf(withFilter(command('query', 'find events, and print their envelopes as JSON lines')))
    .addOption(kindOption())
    .option('--chain <id>', 'chain of decisions')
    .option('--correlation <id>', 'correlation id: a run')
    .option('--event-id <id>', 'event id; several events may have it, since producers reuse ids')
    .option('--trace-link <id>', 'trace')
    .option('--artifact <id>', 'artifact')
    .option('--proposal <id>', 'proposal')
    .option('--limit <n>', 'how many at most', parseCount)
    .option('--desc', 'latest first', false)
    .option('--after <cursor>', 'continue after the event that --cursor named')
    .option('--cursor', 'print the cursor of the last event on stderr', false)
    .action(
      runAnywhere((options: Filter & Moment & QueryOptions) =>
        printQuery(
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
          { ...options, printCursor: options.cursor },
        ),
      ),
    )

  withFormat(withAsOf(command('artifacts', 'print the current state of artifacts')))
    .option('--tenant <id>', 'tenant', parseTenant)
    .option('--artifact <id>', 'artifact')
    .option(
      '--kind <kind>',
      'Adapter, Pack, Policy, TruthFile, EvalSuite, or the name of another kind',
      parseArtifactKind,
    )
    .addOption(new Option('--state <state>', 'current state').choices(ArtifactState.options))
    .option('--limit <n>', 'how many at most', parseCount)
    .action(
      runAnywhere((options: ArtifactOptions & Asking) =>
        printAnswer(
          context(),
          'artifacts',
          {
            tenant_id: options.tenant ?? null,
            artifact_id: options.artifact ?? null,
            kind: options.kind ?? null,
            state: options.state ?? null,
            limit: options.limit ?? null,
          },
          options,
        ),
      ),
    )

  withAsOf(command('trace-link', 'print the replay trace that was recorded last under an id'))
    .argument('<id>', 'trace')
    .option('--tenant <id>', 'one tenant; default: all tenants', parseTenant)
    .action(
      runAnywhere((id: string, options: Filter & Moment) =>
        printTraceLink(context(), id, options.tenant ?? null, options),
      ),
    )

  withFormat(withAsOf(command('summary', 'count events per kind')))
    .option('--tenant <id>', 'tenant', parseTenant)
    .action(runAnywhere((options: Filter & Asking) => printSummary(context(), options.tenant ?? null, options)))

  withAsOf(command('chain', "print a chain's events in order"))
    .argument('<id>', 'chain of decisions')
    .option('--tenant <id>', 'tenant', parseTenant)
    .action(
      runAnywhere((id: string, options: Filter & Moment) => printChain(context(), id, options.tenant ?? null, options)),
    )

  const analytics = command('analytics', 'add up cost and latency of outcomes, chains and budgets')
  withFormat(
    withAsOf(withFilter(command('outcomes', 'add up outcomes: count, pass rate, latency, tokens and cost', analytics))),
  )
    .addOption(
      new Option('--bucket <bucket>', 'length of time that a row covers').choices(OUTCOME_BUCKETS).default('day'),
    )
    .addOption(
      new Option('--by <dimension...>', 'what else each row is about')
        .choices(OUTCOME_DIMENSIONS)
        .default([...OUTCOME_DIMENSIONS]),
    )
    .action(
      runAnywhere((options: Filter & OutcomeOptions & Asking) =>
        printAnswer(
          context(),
          'outcomes',
          { ...tenantAndRange(options), bucket: options.bucket, by: options.by },
          options,
        ),
      ),
    )
  withFormat(withAsOf(withFilter(command('chains', 'list the most expensive chains', analytics))))
    .addOption(countOption('--limit <n>', 'how many at most', 20n))
    .action(
      runAnywhere((options: Filter & Asking & { readonly limit: bigint }) =>
        printAnswer(context(), 'chains', { ...tenantAndRange(options), limit: options.limit }, options),
      ),
    )
  withFormat(withAsOf(withFilter(command('budgets', 'count exceeded budgets by resource', analytics)))).action(
    runAnywhere((options: Filter & Asking) => printAnswer(context(), 'budgets', tenantAndRange(options), options)),
  )
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
  readonly kind?: QueriedArtifactKind
  readonly state?: ArtifactState
  readonly limit?: bigint
}

interface OutcomeOptions {
  readonly bucket: OutcomeBucket
  readonly by: OutcomeDimension[]
}

const KNOWN_ARTIFACT_KINDS = ['Adapter', 'Pack', 'Policy', 'TruthFile', 'EvalSuite'] as const

type QueriedArtifactKind = (typeof KNOWN_ARTIFACT_KINDS)[number] | { Other: string }

/** A known kind in other letters is a slip: it would be taken for a kind of its own, and nothing be found. */
function parseArtifactKind(word: string): QueriedArtifactKind {
  const known = KNOWN_ARTIFACT_KINDS.find((each) => each.toLowerCase() === word.toLowerCase())
  if (known !== undefined && known !== word) throw faultyArgument(`must be spelt ${known}`)
  return known ?? { Other: word }
}
