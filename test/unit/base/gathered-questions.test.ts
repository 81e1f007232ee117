import { expect, test } from 'vitest'
import { GatheredQuestions } from '../../../base/gathered-questions.ts'

function gathered(most: number) {
  const requests: (readonly number[])[] = []
  const questions = new GatheredQuestions<number, number | null>({
    most,
    ask: async (keys) => {
      requests.push(keys)
      await new Promise((resolve) => setImmediate(resolve))
      if (keys.includes(13)) throw new Error('all of them')
      return new Map(keys.map((key) => [key, key === 7 ? new Error('only seven') : key === 0 ? null : 10 * key]))
    },
  })
  return { questions, requests }
}

test('what comes together, or while a request is under way, is asked for together', async () => {
  const { questions, requests } = gathered(3)
  const first = [1, 2, 2, 0].map((key) => questions.ask(key))
  await new Promise((resolve) => setTimeout(resolve))
  const later = [1, 4, 5, 6].map((key) => questions.ask(key))
  expect(await Promise.all([...first, ...later])).toEqual([10, 20, 20, null, 10, 40, 50, 60])
  expect(requests[0]).toEqual([1, 2, 0])
  expect(requests.slice(1).flat()).toEqual([1, 4, 5, 6])
  expect(await questions.ask(1)).toBe(10)
})

test('an error of one is its own, and that of a request is that of all in it', async () => {
  const { questions } = gathered(2)
  const outcomes = await Promise.allSettled([7, 1, 13, 2, 3].map((key) => questions.ask(key)))
  expect(outcomes.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
    'Error: only seven',
    10,
    'Error: all of them',
    'Error: all of them',
    30,
  ])
})
