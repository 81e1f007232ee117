import { afterAll, afterEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import { killRunningCommands, runCommand, RunningCommand, type CommandOptions } from './run-command.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'

const directory = await temporaryDirectory()
afterEach(killRunningCommands)
afterAll(() => directory.remove())

function example(name: string): CommandOptions {
  return {
    program: `examples/${name}.ts`,
    environment: { EXPERIENCE_LOG_DATA: directory.path },
  }
}
function printed(stdout: string) {
  return { exitCode: 0, stdout, stderr: '' }
}

test('in-memory: appends, asks, and shows what a rejection names', async () => {
  expect(await runCommand([], example('in-memory'))).toMatchObject(
    printed('evt-1: 1450 tokens\nevt-2: BudgetExceeded\nrejected: InvalidQuery event.data.tokens\n'),
  )
})

test('append-and-query: reads its own write from the tables, once however often it runs', async () => {
  const expected =
    '{"event_id":"evt-1","occurred_at":"2026-04-23T09:14:07Z","tenant_id":"acme","correlation_id":null,"event":{"type":"OutcomeRecorded","data":{"chain_id":"chain-1","step":"Planning","passed":true,"stop_reason":null,"latency_ms":812,"tokens":null,"cost_microdollars":5300,"backend":null}}}\n'
  expect(await runCommand([], example('append-and-query'))).toMatchObject(printed(expected))
  expect(await runCommand([], example('append-and-query'))).toMatchObject(printed(expected))
})

test('produce and subscribe: the subscriber sees what the producer appends, and continues behind its token', async () => {
  const live = new RunningCommand([], example('subscribe'))
  expect(await runCommand([], example('produce'))).toMatchObject({ exitCode: 0, stderr: '' })
  await until(() => live.stdoutText.includes('produced-1: OutcomeRecorded\n'))
  live.signal('SIGINT')
  const { exitCode, stdout, stderr } = await live.ended
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const token = /^continue with (\S+)\n$/m.exec(stdout)?.[1] ?? ''

  const { stdout: verdicts } = await runCommand([], example('produce'))
  expect(verdicts).toMatch(
    /^durable at experience\.events\.acme\/0\/\d+\nrejected: InvalidQuery event\.data\.tokens\n$/,
  )
  const second = new RunningCommand([token], example('subscribe'))
  await until(() => second.stdoutText !== '')
  second.signal('SIGINT')
  expect((await second.ended).stdout).toMatch(/^produced-1: OutcomeRecorded\ncontinue with \S+\n$/)
})
