import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand } from './run-command.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(async () => {
  killRunningCommands()
  await directory.remove()
})

async function totalEvents(): Promise<number> {
  const { stdout } = await runCommand(['--data', directory.path, 'summary'])
  return Number(/"total_events":(\d+)/.exec(stdout)?.[1])
}

test('a serving process with a fleet at work says where to look, and ends with 0 when it is stopped', async () => {
  // The machine has other work than ours while tests run.
  const environment = { HTTP_MAX_EVENT_LOOP_DELAY_MS: '0' }
  const demo = new RunningCommand(['--data', directory.path, 'serve', '--demo', '--port', '0'], { environment })
  await until(() => demo.stdoutText.includes('npx experience-log summary'))
  const url = /^ {2}(http:\S+)\/docs /m.exec(demo.stdoutText)?.[1]
  const curl = /curl '(.*)'/.exec(demo.stdoutText)?.[1]
  expect(curl?.startsWith(`${url}/v1/events`)).toBe(true)
  const answer = await fetch(curl!)
  expect(answer.status).toBe(200)
  expect((await answer.text()).match(/"OutcomeRecorded"/g)).toHaveLength(3)

  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(Number(/^experience_log_appended_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(24_556)

  const total = await totalEvents()
  expect(total).toBeGreaterThanOrEqual(24_556)
  await until(async () => (await totalEvents()) > total)
  demo.signal('SIGINT')
  const ended = await demo.ended
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(ended.stderr).not.toContain('"level"')

  const again = new RunningCommand(['--data', directory.path, 'serve', '--demo', '--port', '0'])
  await until(() => again.stdoutText.includes('npx experience-log summary'))
  again.signal('SIGTERM')
  expect((await again.ended).stderr).not.toContain('appending')
  const { stdout } = await runCommand(['--data', directory.path, 'verify'])
  expect(jsonLines(stdout)).toMatchObject([{ differences: [] }])
})
