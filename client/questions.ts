import { ExperienceError } from '../base/experience-error.ts'
import type {
  AnalyticsFilterInput,
  BudgetsExceeded,
  ChainCost,
  ExpensiveChainsQueryInput,
  ExperienceEventSummary,
  OutcomeAnalytics,
  OutcomeQueryInput,
  SummaryQueryInput,
} from '../queries/analytics.ts'
import type { ArtifactStatus } from '../queries/artifact-status.ts'
import { EventQuery } from '../schemas/contract/event-query.ts'
import { parseInput } from '../schemas/contract/parse-input.ts'
import { handedOutTrace } from '../schemas/json/handed-out.ts'
import { jsonLine } from '../schemas/json/json-line.ts'
import { replayTraceOfData } from '../schemas/json/replay-trace-json.ts'
import type { ReplayTrace } from '../schemas/types/event-part-types.ts'
import type { ArtifactQueryInput, EventQueryInput } from '../schemas/types/query-types.ts'
import type { AsOfOption, TenantOption } from '../service/store/experience-store.ts'
import { rowsIn, withNumbers } from './answer-rows.ts'
import { askArtifacts } from './ask-artifacts.ts'
import { readEventLines, type EventLines } from './event-lines.ts'
import type { Asked, HttpConnection } from './http-connection.ts'
import type { OwnWrites } from './own-writes.ts'
import { inPath } from './in-path.ts'
import { AnalyticsInput, TraceLinkInput } from './question-inputs.ts'
import { readJsonObject, unexpectedAnswer, type JsonObject } from './read-json.ts'

/** How a question is asked beside what it is. */
export interface Asking extends AsOfOption {
  readonly signal?: AbortSignal | undefined
}

const NDJSON = 'application/x-ndjson'

/** Asks a server the questions of the read model. */
export class Questions {
  readonly #connection: HttpConnection
  readonly #own: OwnWrites

  constructor(connection: HttpConnection, own: OwnWrites) {
    this.#connection = connection
    this.#own = own
  }

  /** Finds events, as they are printed. */
  async events(input: EventQueryInput, asking: Asking = {}): Promise<EventLines> {
    const query = parseInput(EventQuery, input)
    const asked = {
      method: 'POST',
      path: 'v1/events/query',
      headers: { accept: NDJSON, 'content-type': 'application/json' },
      body: jsonLine(query),
    } as const
    return this.#ask(query.tenant_id, asked, asking, readEventLines)
  }

  /** Null where there is none. */
  async traceLink(id: string, asking: Asking & TenantOption = {}): Promise<ReplayTrace | null> {
    const { tenant_id } = parseInput(TraceLinkInput, { trace_link_id: id, tenant_id: asking.tenant })
    // No path holds it, and no trace has it.
    if (id === '') return null
    const asked = { path: `v1/trace-links/${inPath('trace_link_id', id)}`, query: { tenant_id } }
    try {
      const text = await this.#ask(tenant_id, asked, asking, (answer) => answer.text())
      return handedOutTrace(replayTraceOfData(text))
    } catch (error) {
      if (error instanceof ExperienceError && error.code === 'NotFound') return null
      throw error
    }
  }

  artifacts(input: ArtifactQueryInput, asking: Asking = {}): Promise<ArtifactStatus[]> {
    return askArtifacts(input, (tenant, query) => this.#json(tenant, 'v1/artifacts', query, asking))
  }

  async outcomes(
    { bucket, by, time_zone, ...filter }: OutcomeQueryInput,
    asking: Asking = {},
  ): Promise<OutcomeAnalytics[]> {
    const answer = await this.#analytics('outcomes', filter, { bucket, by: by?.join(','), time_zone }, asking)
    return rowsIn(answer, 'rows').map((row) => withNumbers(row, NUMBERS_OF_OUTCOMES)) as unknown as OutcomeAnalytics[]
  }

  async chains({ limit, ...filter }: ExpensiveChainsQueryInput, asking: Asking = {}): Promise<ChainCost[]> {
    parseInput(AnalyticsInput, { limit })
    return rowsIn(await this.#analytics('chains', filter, { limit }, asking), 'rows') as unknown as ChainCost[]
  }

  async budgets(filter: AnalyticsFilterInput, asking: Asking = {}): Promise<BudgetsExceeded[]> {
    return rowsIn(await this.#analytics('budgets', filter, {}, asking), 'rows') as unknown as BudgetsExceeded[]
  }

  async summary(input: SummaryQueryInput, asking: Asking = {}): Promise<ExperienceEventSummary> {
    const { tenant_id } = parseInput(AnalyticsInput, input)
    const { summary } = await this.#json(tenant_id, 'v1/summary', {}, asking)
    if (typeof summary !== 'object' || summary === null) throw unexpectedAnswer('holds no summary')
    return summary as ExperienceEventSummary
  }

  #analytics(
    question: 'outcomes' | 'chains' | 'budgets',
    filter: AnalyticsFilterInput,
    query: NonNullable<Asked['query']>,
    asking: Asking,
  ): Promise<JsonObject> {
    const { tenant_id, time_range } = parseInput(AnalyticsInput, filter)
    const range = { from: time_range?.start, to: time_range?.end }
    return this.#json(tenant_id, `v1/analytics/${question}`, { ...range, ...query }, asking)
  }

  #json(
    tenant_id: string | null,
    path: string,
    query: NonNullable<Asked['query']>,
    asking: Asking,
  ): Promise<JsonObject> {
    const asked = { path, query: { tenant_id, ...query } }
    return this.#ask(tenant_id, asked, asking, async (answer) => readJsonObject(await answer.text()))
  }

  #ask<Answer>(
    tenant: string | null,
    asked: Asked,
    { asOf, signal }: Asking,
    read: (answer: Response) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#own.asking(tenant, ({ headers, query }) =>
      this.#connection.ask(
        {
          ...asked,
          headers: { accept: 'application/json', ...asked.headers, ...headers },
          query: { ...asked.query, ...query, as_of: asOf },
          signal,
        },
        read,
      ),
    )
  }
}

/** What of outcomes is no count. */
const NUMBERS_OF_OUTCOMES = [
  'pass_rate',
  'latency_p50_ms',
  'latency_p90_ms',
  'latency_p95_ms',
  'latency_p99_ms',
  'cost_per_passed_microdollars',
]
