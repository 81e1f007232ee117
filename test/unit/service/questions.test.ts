import { expect, test } from 'vitest'
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
