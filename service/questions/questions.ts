import { artifactHistory, ArtifactHistoryQuery } from '../../queries/artifact-history.ts'
import { queryArtifacts } from '../../queries/artifacts.ts'
import { budgetsExceeded } from '../../queries/budgets-exceeded.ts'
import { chainPages, ChainQuery } from '../../queries/chain.ts'
import { ExpensiveChainsQuery, mostExpensiveChains } from '../../queries/chains.ts'
import { AnalyticsFilter } from '../../queries/clauses/filters.ts'
import { isCursor } from '../../queries/event-cursor.ts'
import { summariseEvents, SummaryQuery } from '../../queries/event-summary.ts'
import { eventPages, queryEventPage } from '../../queries/events.ts'
import { outcomeAnalytics, OutcomeQuery } from '../../queries/outcomes.ts'
import { getTraceLink, TraceLinkQuery } from '../../queries/trace-link.ts'
import { ArtifactQuery } from '../../schemas/contract/artifact-query.ts'
import { EventQuery } from '../../schemas/contract/event-query.ts'
import { asking } from './asking.ts'
import type { Question, QuestionInput } from './question.ts'

/** Events held in memory at once, of an answer that is read in pages. */
const PAGE = 5000

const Events = EventQuery.refine(({ after }) => after === null || isCursor(after), {
  path: ['after'],
  error: 'is not a cursor of an earlier answer',
})

/** Every question that can be asked of the read model: the command line, the library and other doors ask these. */
export const questions = {
  /** One page of events; `limit` is its length. */
  events: question('events', Events, queryEventPage),
  /** All events that match, in pages. */
  eventPages: question('events', Events, async (queries, query) => eventPages(queries, query, PAGE)),
  /** A chain's events in pages; null where there is none. */
  chain: question('chain', ChainQuery, (queries, query) => chainPages(queries, query, PAGE)),
  artifacts: question('artifacts', ArtifactQuery, queryArtifacts),
  artifactHistory: question('artifactHistory', ArtifactHistoryQuery, artifactHistory),
  /** The replay trace that was recorded last under an id, or null. */
  traceLink: question('traceLink', TraceLinkQuery, (queries, { trace_link_id, tenant_id }) =>
    getTraceLink(queries, trace_link_id, tenant_id),
  ),
  summary: question('summary', SummaryQuery, (queries, { tenant_id }) => summariseEvents(queries, tenant_id)),
  outcomes: question('outcomes', OutcomeQuery, outcomeAnalytics),
  chains: question('chains', ExpensiveChainsQuery, mostExpensiveChains),
  budgets: question('budgets', AnalyticsFilter, budgetsExceeded),
} as const

/** Infers what a question takes and answers. By its name it is told of. */
function question<Input extends QuestionInput, Answer>(
  name: string,
  input: Input,
  answer: Question<Input, Answer>['answer'],
): Question<Input, Answer> {
  return { input, answer: (queries, asked) => answer(asking(name, queries), asked) }
}
