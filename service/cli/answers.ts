import { queryArtifacts } from '../../queries/artifacts.ts'
import { budgetsExceeded } from '../../queries/budgets-exceeded.ts'
import { mostExpensiveChains } from '../../queries/chains.ts'
import { summariseEvents } from '../../queries/event-summary.ts'
import type { AnalyticsFilter } from '../../queries/filters.ts'
import { outcomeAnalytics, type OutcomeAnalyticsQuery } from '../../queries/outcomes.ts'
import { getTraceLink } from '../../queries/trace-link.ts'
import { ArtifactQuery, type ArtifactQueryInput } from '../../schemas/contract/artifact-query.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { ExperienceError } from '../../schemas/experience-error.ts'
import { replayTraceToJson } from '../../schemas/json/replay-trace-json.ts'
import type { Service } from '../wiring/service.ts'
import { printRows, withService, writeLine, type CommandContext, type OutputFormat } from './command-context.ts'
import { countsByKind } from './counts-by-kind.ts'
import { EXIT } from './exit-codes.ts'

/** Prints what a question answers, after all that was appended is projected. */
async function answer(
  context: CommandContext,
  format: OutputFormat,
  ask: (service: Service) => Promise<readonly object[]>,
): Promise<number> {
  return withService(context, async (service) => {
    await service.catchUp()
    await printRows(context.stdout, await ask(service), format)
    return EXIT.done
  })
}

export async function artifacts(
  context: CommandContext,
  input: ArtifactQueryInput,
  format: OutputFormat,
): Promise<number> {
  const parsed = parseInput(ArtifactQuery, input)
  return answer(context, format, ({ queries }) => queryArtifacts(queries, parsed))
}

export async function summary(context: CommandContext, tenant: string | null, format: OutputFormat): Promise<number> {
  return answer(context, format, async ({ queries }) => {
    const counts = await summariseEvents(queries, tenant)
    return format === 'json' ? [counts] : countsByKind(counts.by_kind)
  })
}

export async function outcomes(
  context: CommandContext,
  question: OutcomeAnalyticsQuery,
  format: OutputFormat,
): Promise<number> {
  return answer(context, format, ({ queries }) => outcomeAnalytics(queries, question))
}

export async function chains(
  context: CommandContext,
  question: AnalyticsFilter & { readonly limit: bigint },
  format: OutputFormat,
): Promise<number> {
  return answer(context, format, ({ queries }) => mostExpensiveChains(queries, question))
}

export async function budgets(
  context: CommandContext,
  question: AnalyticsFilter,
  format: OutputFormat,
): Promise<number> {
  return answer(context, format, ({ queries }) => budgetsExceeded(queries, question))
}

/** Prints a replay trace by its id. Error: `NotFound`. */
export async function traceLink(context: CommandContext, id: string, tenant: string | null): Promise<number> {
  return withService(context, async (service) => {
    await service.catchUp()
    const trace = await getTraceLink(service.queries, id, tenant)
    if (trace === null) throw new ExperienceError('NotFound', `no trace is recorded under ${JSON.stringify(id)}`)
    await writeLine(context.stdout, replayTraceToJson(trace))
    return EXIT.done
  })
}
