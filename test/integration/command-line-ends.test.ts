import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClickHouse } from '../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { startProfileProxy } from './projections/profile-proxy.ts'
import { killRunningCommands, runCommand, RunningCommand, runShell } from './run-command.ts'
import { json, outcome } from './test-events.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let data: string
beforeAll(async () => {
  directory = await temporaryDirectory()
  data = `${directory.path}/full`
  // More than a page, and than a pipe holds.
  const stdin = Array.from({ length: 6000 }, () => json(outcome({ tenant_id: 'a' }))).join('\n')
  await runCommand(['--data', data, 'ingest'], { stdin })
})
afterAll(async () => {
  killRunningCommands()
  await directory.remove()
})

test('a disk that is full is told, and is a failure', async () => {
  const full = await runShell(`$COMMAND --data ${data} query >/dev/full; echo "exit $?"`, {})
  expect(full.stdout).toBe('exit 3\n')
  expect(full.stderr).toMatch(/^StorageError: ENOSPC.*\n$/)
})

test('a closed standard output is no failure', async () => {
  const closed = await runShell(`$COMMAND --data ${data} query >&-; echo "exit $?"`, {})
  expect(closed).toMatchObject({ stdout: 'exit 0\n', stderr: '' })
})

test('who closes standard error does not end the work', async () => {
  const lines = `(yes 'no event' | head -20000; echo '${json(outcome({ tenant_id: 'b' }))}')`
  const ingested = await runShell(
    `${lines} | $COMMAND --data ${directory.path}/few ingest 2> >(head -1 >/dev/null)`,
    {},
  )
  expect(ingested.stdout).toBe('{"accepted":1,"rejected":20000,"duplicates":0}\n')
})

test('a question that waits ends at the first signal', async () => {
  const server = await startClickHouse()
  const proxy = await startProfileProxy(server.url)
  const environment = {
    EXPERIENCE_LOG_DATA: `${directory.path}/lagging`,
    CLICKHOUSE_URL: proxy.url,
    READ_WAIT_MS: '500000',
  }
  await runCommand(['ingest'], { environment, stdin: json(outcome({ tenant_id: 'a' })) })
  const asking = new RunningCommand(['summary'], { environment })
  await until(() => proxy.requests > 0)
  asking.signal('SIGINT')
  const ended = await asking.ended
  expect(ended).toMatchObject({ exitCode: 130, stdout: '' })
  expect(ended.stderr).toMatch(/^Interrupted: .*\n$/)
  expect(ended.ms).toBeLessThan(Number(environment.READ_WAIT_MS))
  await proxy.close()
  await server.stop()
})
