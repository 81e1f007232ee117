import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import { runCommand } from './run-command.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

test('a second demo says that its events were known already; events without a tenant are named so', async () => {
  const demo = () => runCommand(['--data', directory.path, 'demo', '--events', '500'])
  const first = await demo()
  expect(first).toMatchObject({ exitCode: 0 })
  expect(first.stderr).not.toContain('known already')
  const [, budgets = ''] = /^Budgets exceeded\n\n[^]*?─\n([^]*?)\n\n/m.exec(first.stdout) ?? []
  expect(budgets).toMatch(/^\(none\) /m)
  expect(budgets).not.toMatch(/^ /m)
  const second = await demo()
  expect(second.stderr).toMatch(/^5056 of these events were known already/m)
  expect(second.stdout).toBe(first.stdout)
})
