import { expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { SubscriptionQuery } from '../../../consumers/subscription/start.ts'
import { DeadLetterQuery } from '../../../operations/dead-letters/dead-letter-query.ts'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { found, ask } from '../../../service/questions/question.ts'
import { questions } from '../../../service/questions/questions.ts'

/** A read model that must not be asked. */
const unasked = { queriesAsOf: () => Promise.reject(new Error('asked before the input was checked')) }

function fault(field: string) {
  return { code: 'InvalidQuery', field, message: expect.stringContaining(`${field}: `) }
}

test('checks every input before anything is waited for, and names the field', async () => {
  const time_range = { start: 'yesterday' }
  await expect(ask(unasked, questions.events, { kinds: [], time_range })).rejects.toMatchObject(
    fault('time_range.start'),
  )
  await expect(ask(unasked, questions.eventPages, { kinds: [], after: 'nonsense' })).rejects.toMatchObject(
    fault('after'),
  )
  await expect(ask(unasked, questions.events, { kinds: ['Guess' as never] })).rejects.toMatchObject(fault('kinds[0]'))
  await expect(ask(unasked, questions.outcomes, { bucket: 'decade' as never })).rejects.toMatchObject(fault('bucket'))
  await expect(ask(unasked, questions.outcomes, { by: ['step', 'mood' as never] })).rejects.toMatchObject(
    fault('by[1]'),
  )
  await expect(ask(unasked, questions.chains, { limit: -1 })).rejects.toMatchObject(fault('limit'))
  await expect(ask(unasked, questions.budgets, { time_range: { end: '' } })).rejects.toMatchObject(
    fault('time_range.end'),
  )
  await expect(ask(unasked, questions.artifacts, { state: 'Asleep' as never })).rejects.toMatchObject(fault('state'))
  await expect(ask(unasked, questions.chain, {} as never)).rejects.toMatchObject(fault('chain_id'))
  await expect(ask(unasked, questions.traceLink, { trace_link_id: 7 as never })).rejects.toMatchObject(
    fault('trace_link_id'),
  )
  await expect(ask(unasked, questions.summary, { tenant_id: 7 as never })).rejects.toMatchObject(fault('tenant_id'))
})

test('gives what was found, and names what was not', () => {
  expect(found('it', 'such thing')).toBe('it')
  expect(() => found(null, 'trace "t"')).toThrow('there is no trace "t"')
})

const inputs = Object.entries({
  ...Object.fromEntries(Object.entries(questions).map(([name, { input }]) => [name, input])),
  subscription: SubscriptionQuery,
  deadLetters: DeadLetterQuery,
})

const WRONG = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'Nope',
  '\ud800',
  [],
  ['Nope'],
  [1],
  {},
  { start: 1 },
  { Other: 1 },
  new Date(0),
]
const WORDS =
  /^[\w.[\]]+: (?:is required|is not valid Unicode text|is not a cursor of an earlier answer|must be (?:an? |one of |true or false,|at ))/

test.each(inputs)('%s: says what is wrong with each field in the words that events have', (_, schema) => {
  let faults = 0
  for (const field of Object.keys(schema.shape)) {
    const complete: Record<string, unknown> = Object.fromEntries(
      Object.keys(schema.shape).map((name) => [name, undefined]),
    )
    for (const name of ['chain_id', 'artifact_id', 'trace_link_id']) if (name in complete) complete[name] = 'x'
    for (const wrong of WRONG) {
      try {
        parseInput(schema, { ...complete, [field]: wrong })
      } catch (error) {
        faults++
        expect(error).toBeInstanceOf(ExperienceError)
        const { code, message, field: named } = error as ExperienceError
        expect({ code, named }).toEqual({ code: 'InvalidQuery', named: expect.stringMatching(`^${field}`) })
        expect(message).toMatch(WORDS)
      }
    }
  }
  expect(faults).toBeGreaterThan(0)
})

test.each([
  [{ limit: -1 }, 'limit: must be an unsigned 64-bit integer'],
  [{ limit: 2 ** 53 }, 'limit: must be a bigint: a number beyond 2^53 is not exact'],
  [{ tenant_id: 7 }, 'tenant_id: must be a string, not a number'],
  [{ descending: 'yes' }, 'descending: must be true or false, not a string'],
  [{ time_range: '2026' }, 'time_range: must be an object, not a string'],
])('a query for events with %j alone is told: %s', (query, message) => {
  expect(() => parseInput(questions.events.input, query)).toThrow(message)
})

test.each([
  ['Now', 'from: must be one of now, beginning, {"instant": …}, {"after": …}'],
  [7, 'from: must be one of now, beginning, {"instant": …}, {"after": …}, not a number'],
  [{ instant: 'x', after: 'y' }, 'from: must be one of now, beginning, {"instant": …}, {"after": …}'],
  [{ instant: 'x' }, 'from.instant: must be an ISO 8601 time, or epoch seconds followed by Z'],
  [{ after: 7 }, 'from.after: must be a string, not a number'],
])('a subscription from %j is told: %s', (from, message) => {
  expect(() => parseInput(SubscriptionQuery, { from })).toThrow(expect.objectContaining({ message }))
})

test('a query for events needs nothing', () => {
  expect(parseInput(questions.events.input, {})).toMatchObject({ kinds: [], limit: null })
})
