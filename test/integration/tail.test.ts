import { afterAll, afterEach, expect, test } from 'vitest'
import { jsonLines, killRunningCommands, runCommand, RunningCommand } from './run-command.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'

const directory = await temporaryDirectory()
afterEach(killRunningCommands)
afterAll(() => directory.remove())

const environment = { EXPERIENCE_LOG_DATA: directory.path, CLICKHOUSE_URL: 'http://127.0.0.1:9' }
function line(id: string): string {
  return `{"event_id":"${id}","occurred_at":"2026-04-23T09:14:07Z","tenant_id":"acme","correlation_id":null,"event":{"type":"BudgetExceeded","data":{"chain_id":"c","resource":"Time","limit":"1","observed":null}}}`
}

test('tail prints what other processes append, ends with 0 when it is stopped, and goes on behind its token', async () => {
  await runCommand(['ingest'], { environment, stdin: line('before') })
  const live = new RunningCommand(['tail', '--tenant', 'acme', '--from', 'beginning'], { environment })
  await runCommand(['ingest'], { environment, stdin: line('a') })
  await until(() => live.stdoutText.split('\n').length > 2)
  live.signal('SIGINT')
  const { exitCode, stdout, stderr } = await live.ended
  expect(exitCode).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([line('before'), line('a')])
  const { after } = jsonLines(stderr).at(-1) as { after: string }

  await runCommand(['ingest'], { environment, stdin: line('b') })
  const args = ['tail', '--tenant', 'acme', '--after', after, '--format', 'items', '--limit', '1']
  const again = await runCommand(args, { environment })
  expect(again.exitCode).toBe(0)
  expect(jsonLines(again.stdout)).toMatchObject([
    { type: 'event', position: { offset: '2' }, envelope: { event_id: 'b' } },
  ])

  const wrong = await runCommand(['tail', '--after', 'nonsense'], { environment })
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('InvalidQuery: --after: is not a token of a subscription'),
  })
})
