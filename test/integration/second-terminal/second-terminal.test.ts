import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownManifest } from '../../../base/own-package.ts'
import { callServer } from '../../../service/cli/second-terminal/call-server.ts'
import { readSettings } from '../../../service/settings.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand, runShell } from '../run-command.ts'
import { json, outcome } from '../test-events.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let data: string
let serving: RunningCommand
beforeAll(async () => {
  directory = await temporaryDirectory()
  data = join(directory.path, 'data')
  serving = await serve(data)
})
afterAll(async () => {
  serving.signal('SIGTERM')
  expect(await serving.ended).toMatchObject({ exitCode: 0 })
  killRunningCommands()
  await directory.remove()
})

async function serve(at: string, environment: Readonly<Record<string, string>> = {}): Promise<RunningCommand> {
  const command = new RunningCommand(['--data', at, 'serve', '--port', '0'], { environment })
  await command.says('listening on')
  return command
}

/** Has a command run by the process that serves, without the start of another one. */
async function call(at: string, args: readonly string[], input = ''): Promise<Outcome> {
  const environment = { EXPERIENCE_LOG_DATA: at }
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = [text(stdout), text(stderr)] as const
  const exitCode = await callServer(readSettings(environment), {
    version: ownManifest().version,
    args,
    environment,
    cwd: process.cwd(),
    streams: { stdin: Readable.from([input]), stdout, stderr },
    stopped: new AbortController().signal,
  })
  stdout.end()
  stderr.end()
  return { exitCode, stdout: await printed[0], stderr: await printed[1] }
}

interface Outcome {
  /** Null where nobody serves. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

function events(count: number, tenant: string): string {
  return Array.from({ length: count }, () => `${json(outcome({ tenant_id: tenant }))}\n`).join('')
}

describe('beside a process that serves the data directory', () => {
  test('events go in and answers come out, with what a command by itself would tell', async () => {
    const two = events(2, 'both')
    const ingested = await runCommand(['--data', data, 'ingest'], { stdin: `${two}${two}no event\n` })
    expect(ingested).toMatchObject({ exitCode: 1, stdout: '{"accepted":4,"rejected":1,"duplicates":2}\n' })
    expect(jsonLines(ingested.stderr)).toMatchObject([{ line: 5, code: 'InvalidQuery' }])
    const url = /listening on (http:\S+);/.exec(serving.stderrText)?.[1]
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('experience_log_appended_total 4\n')
    const asked = await runCommand(['--data', data, 'query', '--tenant', 'both'])
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' })
    expect(asked.stdout.split('\n').toSorted()).toEqual(two.split('\n').toSorted())
  })

  test.each([
    ['verify', '--tenant', 'all'],
    ['summary'],
    ['analytics', 'outcomes'],
    ['generations', 'list'],
    ['rebuild', 'status'],
    ['tenants', 'list'],
    ['doctor', '--format', 'json'],
  ])('%s %s', async (...args) => {
    await call(data, ['ingest'], events(1, 'all'))
    const ran = await call(data, args)
    expect(ran).toMatchObject({ exitCode: 0 })
    expect(ran.stdout).not.toBe('')
    expect(ran.stdout).not.toContain('another process')
  })

  test('a rebuild and a roll-back, while it goes on projecting', async () => {
    await call(data, ['ingest'], events(1, 'rebuilt'))
    const rebuilt = await call(data, ['rebuild'])
    expect(rebuilt).toMatchObject({ exitCode: 0 })
    expect(jsonLines(rebuilt.stdout)).toMatchObject([{ switched: true, differences: 0 }])
    expect(await call(data, ['rollback'])).toMatchObject({ exitCode: 0 })
    const after = await call(data, ['ingest'], events(1, 'rebuilt'))
    expect(after).toMatchObject({ exitCode: 0, stdout: '{"accepted":1,"rejected":0,"duplicates":0}\n' })
  })

  test('what ends a command here leaves the projector there: project, and a question that is cut', async () => {
    const projecting = new RunningCommand(['--data', data, 'project'])
    await projecting.says('projecting into database')
    projecting.signal('SIGINT')
    expect(await projecting.ended).toMatchObject({ exitCode: 0 })
    const ingested = await call(data, ['ingest'], events(1, 'after-project'))
    expect(ingested.stdout).toBe('{"accepted":1,"rejected":0,"duplicates":0}\n')
  })

  test('tail follows until it is stopped', async () => {
    const tailing = new RunningCommand(['--data', data, 'tail', '--tenant', 'tailed', '--from', 'beginning'])
    const one = events(1, 'tailed')
    await call(data, ['ingest'], one)
    await until(() => tailing.stdoutText === one)
    tailing.signal('SIGTERM')
    const ended = await tailing.ended
    expect(ended).toMatchObject({ exitCode: 0, stdout: one })
    expect(jsonLines(ended.stderr)).toMatchObject([{ after: expect.any(String) }])
  })

  test('input of any size streams, and a signal ends it: what was accepted is told', async () => {
    const ingesting = new RunningCommand(['--data', data, 'ingest'], { stdin: null })
    ingesting.write(events(3000, 'streamed'))
    const count = async (): Promise<number> => {
      const { stdout } = await call(data, ['summary', '--tenant', 'streamed'])
      return Number(/"total_events":(\d+)/.exec(stdout)?.[1])
    }
    await until(async () => (await count()) === 3000)
    ingesting.signal('SIGINT')
    const ended = await ingesting.ended
    expect(ended).toMatchObject({ exitCode: 130, stdout: '{"accepted":3000,"rejected":0,"duplicates":null}\n' })
    expect(ended.stderr).toMatch(/^Interrupted: .*\n$/)
  })

  test('a reader that has seen enough ends the command, as of any pipe; a full disk fails it', async () => {
    await call(data, ['ingest'], events(6000, 'many'))
    const query = `$COMMAND --data ${data} query --tenant many`
    const head = await runShell(`set -o pipefail; ${query} | head -1 | wc -l; echo "exit $?"`, {})
    expect(head).toMatchObject({ stdout: '1\nexit 0\n', stderr: '' })
    const full = await runShell(`${query} > /dev/full; echo "exit $?"`, {})
    expect(full.stdout).toBe('exit 3\n')
    expect(full.stderr).toMatch(/^StorageError: ENOSPC.*\n$/)
    const slow = await runShell(`${query} | (read -r first; sleep 1; wc -l)`, {})
    expect(slow.stdout).toBe('5999\n')
  })

  test('who closes standard error does not end the work', async () => {
    const lines = `(yes 'no event' | head -20000; echo '${json(outcome({ tenant_id: 'deaf' }))}')`
    const ingested = await runShell(`${lines} | $COMMAND --data ${data} ingest 2> >(head -1 >/dev/null)`, {})
    expect(ingested.stdout).toBe('{"accepted":1,"rejected":20000,"duplicates":0}\n')
  })

  test('a command leaves input that it does not read to the next one', async () => {
    const ran = await runShell(`printf 'rest\\n' | ($COMMAND --data ${data} summary >/dev/null; cat)`, {})
    expect(ran.stdout).toBe('rest\n')
  })

  test('files are those of the terminal that names them', async () => {
    const elsewhere = join(directory.path, 'elsewhere')
    await mkdir(elsewhere)
    await writeFile(join(elsewhere, 'events.ndjson'), events(2, 'filed'))
    const root = process.cwd()
    const command = `${process.execPath} --import ${join(root, 'node_modules/tsx/dist/loader.mjs')} ${root}/service/cli/main.ts`
    const ran = await runShell(
      `cd ${elsewhere} && ${command} --data ../data ingest events.ndjson && ${command} --data ../data export --tenant filed out.avro`,
      {},
    )
    expect(ran.stderr).not.toContain('Error')
    expect(ran.stdout).toContain('{"accepted":2,"rejected":0,"duplicates":0}')
    expect((await stat(join(elsewhere, 'out.avro'))).size).toBeGreaterThan(100)
    const { stdout } = await call(data, ['exports', 'list'])
    expect(stdout).toContain(join(elsewhere, 'out.avro'))
  })

  test('a command whose settings are about something else opens that by itself, and says so', async () => {
    const environment = { TOPIC_PREFIX: 'other' }
    const asked = await runCommand(['--data', data, 'summary'], { environment })
    expect(asked).toMatchObject({ exitCode: 3, stdout: '' })
    expect(asked.stderr).toMatch(
      /another TOPIC_PREFIX: this command opens the data by itself\nUnavailable: another process/,
    )
    const appended = await runCommand(['--data', data, 'ingest'], { environment, stdin: events(1, 'other') })
    expect(appended).toMatchObject({ exitCode: 0, stdout: '{"accepted":1,"rejected":0,"duplicates":null}\n' })
  })

  test('the socket is for this user alone', async () => {
    const found = await stat(join(data, 'serve.sock'))
    expect(found.isSocket()).toBe(true)
    expect(found.mode & 0o777).toBe(0o600)
  })
})

describe('a second process that would serve', () => {
  test('is told which one has the data, and where it listens', async () => {
    const url = /listening on (http:\S+);/.exec(serving.stderrText)?.[1]
    expect(await runCommand(['--data', data, 'serve', '--port', '0'])).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining(
        `Unavailable: a process that serves has the data directory ${data}, and listens on ${url}: use that one`,
      ),
    })
  })
})

describe('around the end of a process that serves', () => {
  test("a socket that a killed process left is in nobody's way", async () => {
    const at = join(directory.path, 'killed')
    const killed = await serve(at)
    killed.signal('SIGKILL')
    await killed.ended
    expect((await stat(join(at, 'serve.sock'))).isSocket()).toBe(true)
    expect(await runCommand(['--data', at, 'summary'])).toMatchObject({ exitCode: 0, stderr: '' })
    const next = await serve(at)
    expect(await call(at, ['summary'])).toMatchObject({ exitCode: 0, stderr: '' })
    const tailing = new RunningCommand(['--data', at, 'tail', '--from', 'beginning'])
    await call(at, ['ingest'], events(1, 'a'))
    await until(() => tailing.stdoutText !== '')
    next.signal('SIGTERM')
    // Its commands end as at a signal of their own.
    expect(await tailing.ended).toMatchObject({ exitCode: 0 })
    expect(await next.ended).toMatchObject({ exitCode: 0 })
    await expect(stat(join(at, 'serve.sock'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a command fails where the process that runs it is killed', async () => {
    const at = join(directory.path, 'lost')
    const served = await serve(at)
    const ingesting = new RunningCommand(['--data', at, 'ingest'], { stdin: null })
    ingesting.write(events(1, 'a'))
    await until(async () => (await call(at, ['summary'])).stdout.includes('"total_events":1'))
    served.signal('SIGKILL')
    const ended = await ingesting.ended
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' })
    expect(ended.stderr).toMatch(
      /^Unavailable: the process that serves the data directory ended before the command did\n$/,
    )
  })

  test('a data directory with a long name has its socket elsewhere', async () => {
    const at = join(directory.path, 'long'.repeat(30))
    const served = await serve(at)
    expect(await call(at, ['summary'])).toMatchObject({ exitCode: 0, stderr: '' })
    served.signal('SIGTERM')
    expect(await served.ended).toMatchObject({ exitCode: 0 })
  })

  test('what listens there and says nothing of ours does not keep a command', async () => {
    const at = join(directory.path, 'foreign')
    await mkdir(at)
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(join(at, 'serve.sock'), resolve))
    expect(await runCommand(['--data', at, 'summary'])).toMatchObject({ exitCode: 0 })
    server.close()
  })
})
