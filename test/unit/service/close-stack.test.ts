import { expect, test } from 'vitest'
import { CloseStack } from '../../../service/serve/close-stack.ts'

test('what was opened last is closed first, each after the one before', async () => {
  const stack = new CloseStack()
  const closed: string[] = []
  const opened = stack.add({
    close: async () => {
      closed.push('log')
    },
  })
  expect(stack.add(null)).toBeNull()
  stack.defer(async () => {
    closed.push('server begins')
    await new Promise((resolve) => setTimeout(resolve, 5))
    closed.push('server ends')
  })
  expect(opened).not.toBeNull()
  await stack.close()
  expect(closed).toEqual(['server begins', 'server ends', 'log'])
})

test('what cannot be closed keeps nothing else open, and its error is told', async () => {
  const stack = new CloseStack()
  const closed: string[] = []
  for (const name of ['log', 'keys', 'server'])
    stack.defer(async () => {
      closed.push(name)
      if (name !== 'log') throw new Error(`${name} cannot be closed`)
    })
  await expect(stack.close()).rejects.toThrow('server cannot be closed')
  expect(closed).toEqual(['server', 'keys', 'log'])
})
