import { PassThrough } from 'node:stream'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { commandLine } from '../../../service/cli/command-line.ts'
import { inOptions } from '../../../service/cli/option-of-field.ts'

/** What is told of wrong use, line by line. */
async function told(...args: string[]): Promise<string[]> {
  const stderr = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  const program = commandLine({ environment: {}, streams, stopped: new AbortController().signal, onExit: () => {} })
  await expect(program.parseAsync(['node', 'experience-log', ...args])).rejects.toBeInstanceOf(CommanderError)
  return String(stderr.read()).trim().split('\n')
}

test.each([
  [['query', '--limit', 'x'], "error: option '--limit <n>' argument 'x' is invalid. It must be a whole number."],
  [
    ['query', '--to', 'x'],
    "error: option '--to <instant>' argument 'x' is invalid. It must be an ISO 8601 time, or epoch seconds followed by Z.",
  ],
  [
    ['summary', '--as-of', 'a/0/1,a/0/2'],
    "error: option '--as-of <moment>' argument 'a/0/1,a/0/2' is invalid. It names two positions of one partition.",
  ],
  [
    ['tail', '--from', 'x'],
    "error: option '--from <place>' argument 'x' is invalid. It must be now, beginning, an ISO 8601 time, or epoch seconds followed by Z.",
  ],
  [
    ['dead-letters', 'discard', '--all', '--because', ' '],
    "error: option '--because <text>' argument ' ' is invalid. It must have 1 to 1000 characters.",
  ],
  [
    ['rebuild', '--projection', 'event'],
    "error: option '--projection <name>' argument 'event' is invalid. It must be events or dead_letters.",
  ],
])('%j', async (args, message) => {
  expect((await told(...args))[0]).toBe(message)
})

test.each([
  [
    ['query', '--kind', 'OutcomeRecorded,BudgetExceeded'],
    'Give each by itself: --kind OutcomeRecorded --kind BudgetExceeded',
  ],
  [
    ['tail', '--kind', 'OutcomeRecorded, BudgetExceeded'],
    'Give each by itself: --kind OutcomeRecorded --kind BudgetExceeded',
  ],
  [['analytics', 'outcomes', '--by', 'step,tenant'], 'Give each by itself: --by step --by tenant'],
  [
    ['rebuild', '--projection', 'events,dead_letters'],
    'Give each by itself: --projection events --projection dead_letters',
  ],
])('%j: says how several values are given', async (args, hint) => {
  expect((await told(...args))[0]?.endsWith(hint)).toBe(true)
})

test.each(['query', 'tail'])('%s takes several kinds, as words or repeated', async (name) => {
  // Told of the limit alone.
  const kinds = ['--kind', 'OutcomeRecorded', 'BudgetExceeded', '--kind', 'FactPromoted']
  expect(await told(name, ...kinds, '--limit', 'x')).toEqual([
    "error: option '--limit <n>' argument 'x' is invalid. It must be a whole number.",
    '(see --help)',
  ])
})

test('a field that a question names is told by its option', () => {
  const of = (field: string, message: string): unknown =>
    inOptions(new ExperienceError('InvalidQuery', message, { field }))
  expect(of('from.after', 'from.after: is of another subscription')).toMatchObject({
    code: 'InvalidQuery',
    message: '--after: is of another subscription',
  })
  expect(of('tenant', 'tenant must not be empty')).toMatchObject({ message: '--tenant must not be empty' })
  expect(of('event.data.tokens', 'event.data.tokens: is required')).toMatchObject({
    message: 'event.data.tokens: is required',
  })
})
