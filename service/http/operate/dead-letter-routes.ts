import { z } from 'zod'
import { BAD_RECORD_REASONS } from '../../../consumers/read-record.ts'
import { choiceOf, chosenDeadLetters, type DeadLetterFilter } from '../../../operations/dead-letters/choice.ts'
import { describeDeadLetter } from '../../../operations/dead-letters/dead-letter-detail.ts'
import { summariseDeadLetter } from '../../../operations/dead-letters/dead-letter-summary.ts'
import { DEAD_LETTER_STATES, type DeadLetterSummary } from '../../../operations/dead-letters/listed-dead-letter.ts'
import { discardDeadLetters, retryDeadLetters } from '../../../operations/dead-letters/retry.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { optional } from '../../../schemas/contract/scalars.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { sendJson, sendJsonText } from '../answers/send-json.ts'
import { tenantAskedFor, type Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'
import { NDJSON, sendLines } from '../answers/send-lines.ts'
import { countParameter, flagParameter, repeatedParameter } from '../query/parameters.ts'
import { accepts } from '../register-route.ts'
import { route, type AnyRoute } from '../route.ts'
import { audited } from './audited.ts'
import { countedLines } from './counted-lines.ts'
import {
  answered,
  DeadLetterAnswer,
  DeadLetterLine,
  DeadLettersAnswer,
  SettledAnswer,
  SettledLine,
} from './operate-answers.ts'
import type { OperateParts } from './operate-parts.ts'
import { sendSettled, type ChosenLetters } from './send-settled.ts'

const DEFAULT_LIMIT = 100
/** Of an answer that is one value. */
const MOST = 10_000

const Filter = z.strictObject({
  tenant_id: z.string().optional(),
  reason: z.enum(BAD_RECORD_REASONS).optional(),
})
const Chosen = Filter.extend({
  id: repeatedParameter(z.string()).describe('Which ones; or else a filter, or `all`'),
  all: flagParameter.default(false).describe('All that are open, and pass the filter'),
})
type Chosen = z.output<typeof Chosen>

/** Records of the log that are no events: what operators see of them, and do with them. Of another tenant there are none. */
export function deadLetterRoutes({ log, service, access, operations, stopping }: OperateParts): AnyRoute[] {
  const { topics } = log
  const isForeign = ({ tenant }: Caller, id: string): boolean =>
    tenant !== null && !id.startsWith(`${topics.topic('events', tenant)}/`)
  const chosenBy = (asked: Chosen, caller: Caller): ChosenLetters | null => {
    const { id: ids, tenant_id = null, reason = null } = asked
    // Who sends a filter means all that it lets through.
    const all = asked.all || (ids.length === 0 && (tenant_id !== null || reason !== null))
    const choice = choiceOf({ ids, all, tenant: tenant_id, reason })
    if (choice === null) throw notChosen(ids)
    if ('ids' in choice)
      return {
        choice: { ids: ids.filter((each) => !isForeign(caller, each)) },
        unknown: ids.filter((each) => isForeign(caller, each)),
      }
    const { tenant, isNobody } = tenantAskedFor(caller, tenant_id)
    return isNobody ? null : { choice: { ...choice, tenant }, unknown: [] }
  }
  const common = { tag: 'Operations', needs: ['operate'] } as const
  const settled = {
    200: {
      description: 'How many were settled, and why others were not.',
      content: { 'application/json': SettledAnswer, [NDJSON]: SettledLine },
    },
  }
  async function* letters(filter: DeadLetterFilter, limit: number): AsyncGenerator<DeadLetterSummary> {
    if (limit === 0) return
    await service.projectHere({ isBounded: true })
    let left = limit
    for await (const each of chosenDeadLetters(log, filter)) {
      yield summariseDeadLetter(each, topics)
      if (--left === 0) return
    }
  }
  return [
    route({
      ...common,
      method: 'GET',
      path: '/v1/ops/dead-letters',
      summary: 'Records that are no events, with their reasons and states',
      query: Filter.extend({
        state: z.enum([...DEAD_LETTER_STATES, 'all']).default('open'),
        limit: optional(countParameter).describe(`At most; ${DEFAULT_LIMIT} by default, in lines all`),
      }),
      answers: {
        200: {
          description: 'Dead letters, topic by topic.',
          content: { 'application/json': DeadLettersAnswer, [NDJSON]: DeadLetterLine },
        },
      },
      handle: async ({ query: { tenant_id, reason = null, state, limit }, caller, request, reply }) => {
        const { tenant, isNobody } = tenantAskedFor(caller, tenant_id ?? null)
        const isInLines = accepts(request, NDJSON)
        const most = isNobody ? 0 : Number(limit ?? (isInLines ? -1n : DEFAULT_LIMIT))
        if (!isInLines && most > MOST) throw tooMany()
        const found = letters({ tenant, reason, state: state === 'all' ? null : state }, most)
        if (isInLines) {
          try {
            await sendLines(reply, await countedLines(found, () => access.checkStillIn(caller)))
          } finally {
            // A client that goes away leaves letters that nobody asks for any more.
            await found.return(undefined)
          }
          return
        }
        const dead_letters: DeadLetterSummary[] = []
        for await (const each of found) dead_letters.push(each)
        sendJson(reply, { dead_letters })
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: '/v1/ops/dead-letters/one',
      summary: 'One dead letter in full: its bytes in base64, and its envelope as far as it can be read',
      query: z.strictObject({ id: z.string().describe('topic/partition/offset') }),
      examples: [{ summary: 'By its position', path: '/v1/ops/dead-letters/one?id=experience.events.acme/0/17' }],
      answers: { 200: answered('The dead letter.', DeadLetterAnswer) },
      handle: async ({ query: { id }, caller, reply }) => {
        if (isForeign(caller, id)) throw new ExperienceError('NotFound', `there is no dead letter ${id}`)
        const { detail, envelope } = await describeDeadLetter(log, id)
        sendJsonText(reply, `${jsonLine(detail).slice(0, -1)},"envelope":${envelope ?? 'null'}}`)
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: '/v1/ops/dead-letters/retry',
      summary: 'Append records again that are events by now',
      query: Chosen,
      examples: [{ summary: 'All that are open', path: '/v1/ops/dead-letters/retry?all=true' }],
      answers: settled,
      handle: async ({ query, caller, request, reply }) => {
        const chosen = chosenBy(query, caller)
        await audited(operations, { caller, request })
        await sendSettled({ request, reply }, chosen, (choice) => retryDeadLetters(log, choice, stopping))
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: '/v1/ops/dead-letters/discard',
      summary: 'Settle dead letters that nobody needs; removes nothing',
      query: Chosen.extend({ because: z.string().min(1).max(1000).describe('Why, for those who ask later') }),
      examples: [
        {
          summary: 'Those of a tenant',
          path: '/v1/ops/dead-letters/discard?tenant_id=acme&because=sent+by+a+broken+agent',
        },
      ],
      answers: settled,
      handle: async ({ query: { because, ...query }, caller, request, reply }) => {
        const chosen = chosenBy(query, caller)
        await audited(operations, { caller, request })
        await sendSettled({ request, reply }, chosen, (choice) => discardDeadLetters(log, choice, because, stopping))
      },
    }),
  ]
}

function notChosen(ids: readonly string[]): HttpError {
  const message =
    ids.length === 0
      ? 'all: give an id, tenant_id or reason, or all=true for all that are open'
      : 'id: give either ids, or what chooses among all (tenant_id, reason, all)'
  return new HttpError(400, 'InvalidQuery', message, { field: ids.length === 0 ? 'all' : 'id' })
}

function tooMany(): HttpError {
  const message = `limit: must be ${MOST} at most; with "Accept: ${NDJSON}" an answer has no limit`
  return new HttpError(400, 'InvalidQuery', message, { field: 'limit' })
}
