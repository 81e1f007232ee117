import { queryArtifacts } from '../../../queries/artifacts.ts'
import { budgetsExceeded } from '../../../queries/budgets-exceeded.ts'
import { mostExpensiveChains } from '../../../queries/chains.ts'
import { summariseEvents } from '../../../queries/event-summary.ts'
import type { AnalyticsFilter } from '../../../queries/clauses/filters.ts'
import { outcomeAnalytics, type OutcomeAnalyticsQuery } from '../../../queries/outcomes.ts'
import type { QueryContext } from '../../../queries/query-context.ts'
import { getTraceLink } from '../../../queries/trace-link.ts'
import { ArtifactQuery, type ArtifactQueryInput } from '../../../schemas/contract/artifact-query.ts'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { ExperienceError } from '../../../schemas/experience-error.ts'
import { replayTraceToJson } from '../../../schemas/json/replay-trace-json.ts'
import type { AsOf } from '../../as-of/as-of.ts'
import { printRows, withService, writeLine, type CommandContext, type OutputFormat } from '../command-context.ts'
import { countsByKind } from './counts-by-kind.ts'
import { EXIT } from '../exit-codes.ts'
import type { Moment } from '../options.ts'

/** How a question is asked beside what it is. */
export interface Asking extends Moment {
  readonly format: OutputFormat
}

/** Prints what a question answers, after all that was appended is projected. */
async function answer(
  context: CommandContext,
  { format, asOf, tenant }: Asking & { readonly tenant: string | null },
  ask: (queries: QueryContext) => Promise<readonly object[]>,
): Promise<number> {
  return withService(context, async (service) => {
    await printRows(context.stdout, await ask(await service.queriesAsOf(asOf ?? null, tenant)), format)
    return EXIT.done
  })
}

export async function artifacts(context: CommandContext, input: ArtifactQueryInput, asking: Asking): Promise<number> {
  const parsed = parseInput(ArtifactQuery, input)
  return answer(context, { ...asking, tenant: parsed.tenant_id }, (queries) => queryArtifacts(queries, parsed))
}

export async function summary(context: CommandContext, tenant: string | null, asking: Asking): Promise<number> {
  return answer(context, { ...asking, tenant }, async (queries) => {
    const counts = await summariseEvents(queries, tenant)
    return asking.format === 'json' ? [counts] : countsByKind(counts.by_kind)
  })
}

export async function outcomes(
  context: CommandContext,
  question: OutcomeAnalyticsQuery,
  asking: Asking,
): Promise<number> {
  return answer(context, { ...asking, tenant: question.tenant_id }, (queries) => outcomeAnalytics(queries, question))
}

export async function chains(
  context: CommandContext,
  question: AnalyticsFilter & { readonly limit: bigint },
  asking: Asking,
): Promise<number> {
  return answer(context, { ...asking, tenant: question.tenant_id }, (queries) => mostExpensiveChains(queries, question))
}

export async function budgets(context: CommandContext, question: AnalyticsFilter, asking: Asking): Promise<number> {
  return answer(context, { ...asking, tenant: question.tenant_id }, (queries) => budgetsExceeded(queries, question))
}

/** Prints a replay trace by its id. Error: `NotFound`. */
export async function traceLink(
  context: CommandContext,
  id: string,
  tenant: string | null,
  asOf: AsOf | null,
): Promise<number> {
  return withService(context, async (service) => {
    const trace = await getTraceLink(await service.queriesAsOf(asOf, tenant), id, tenant)
    if (trace === null) throw new ExperienceError('NotFound', `no trace is recorded under ${JSON.stringify(id)}`)
    await writeLine(context.stdout, replayTraceToJson(trace))
    return EXIT.done
  })
}
