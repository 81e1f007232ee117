import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { NEVER } from '../../../base/waiting.ts'
import { commandLine } from '../../../service/cli/command-line.ts'

/** What a wrong use is told. Nothing is opened: the faults of all options come first. */
async function faultsOf(...args: string[]): Promise<string> {
  const stderr = new PassThrough({ encoding: 'utf8' })
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  const program = commandLine({ environment: {}, streams, stopped: NEVER, onExit: () => {} })
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  return String(stderr.read())
}

test.each([
  'query',
  'artifacts',
  'trace-link trace-1',
  'summary',
  'chain chain-1',
  'analytics outcomes',
  'analytics chains',
  'analytics budgets',
  'tail',
  'keys create --role read',
  'verify',
  'dead-letters list',
  'dead-letters retry --all',
  'dead-letters discard --all --because test',
])('a tenant id that no event can have is refused by %s', async (command) => {
  const args = command.split(' ')
  expect(await faultsOf(...args, '--tenant', 'a b')).toContain(
    "option '--tenant <id>' argument 'a b' is invalid. It contains invalid characters",
  )
  expect(await faultsOf(...args, '--tenant', '')).toContain("argument '' is invalid. It must not be empty.")
})

test('a kind of artifacts in other letters is refused with how it is spelt', async () => {
  expect(await faultsOf('artifacts', '--kind', 'truthfile')).toContain('It must be spelt TruthFile.')
})
