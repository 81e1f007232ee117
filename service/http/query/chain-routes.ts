import { chainLinks, ChainStoryQuery } from '../../../queries/chain-links.ts'
import { boundedPages } from '../../../queries/bounded-pages.ts'
import { storyStatement, storyTotals } from '../../../queries/chain-story.ts'
import { asking } from '../../questions/asking.ts'
import { found } from '../../questions/question.ts'
import { NDJSON } from '../answers/send-lines.ts'
import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { limitOf, sendEvents } from './answer-events.ts'
import { storyLine, storyPage } from './event-answer-schemas.ts'
import { PageParameters } from './event-query-parameters.ts'
import { IdPath } from './parameters.ts'
import { questionRoute } from './question-route.ts'

/** Events that are held in memory at once. */
const PAGE_ROWS = 5000

/** Tells the story of a chain of decisions. */
export function chainRoutes(parts: AskingParts): AnyRoute[] {
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/chains/{id}',
      tag: 'Questions',
      summary: "A chain's story: its events, those linked with them, and what they add up to",
      description:
        'Linked with a chain are events without a chain of their own that name a proposal, a fact or a gate of its events, or belong to ' +
        'the same run (correlation), or name a trace of such a run. Totals come with the first page, and with the last line.',
      params: IdPath,
      query: PageParameters,
      examples: [{ summary: 'The story of a chain', path: '/v1/chains/chain-1' }],
      answers: {
        200: {
          description: 'A page of the story; as lines, all of it, and last a line with `count` and `totals`.',
          content: { 'application/json': storyPage, [NDJSON]: storyLine },
        },
      },
      answer: async ({ request, reply, placeFor, params: { id }, query }) => {
        const limit = limitOf(request, query.limit)
        const place = await placeFor(query.tenant_id, query)
        const queries = asking('chain', place.queries)
        const asked = ChainStoryQuery.parse({ chain_id: id, tenant_id: place.tenant })
        const links = found(await chainLinks(queries, asked), `chain ${JSON.stringify(id)}`)
        const { after } = query
        const totals = after === null ? await storyTotals(queries, links) : null
        const pages = boundedPages(
          queries,
          async (columns, behind, most) => storyStatement(queries, links, columns, { after: behind, limit: most }),
          { after, limit, rows: PAGE_ROWS },
        )
        await sendEvents(request, reply, place, { limit, pages, beside: totals === null ? {} : { totals } })
      },
    }),
  ]
}
