import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventKinds } from '../../schemas/contract/event-kind.ts'
import { startClickHouse } from '../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { readVectors } from './contract-vectors.ts'
import { expectFailure, expectNoStackTrace } from './command-outcome.ts'
import {
  jsonLines,
  killRunningCommands,
  runCommand,
  RunningCommand,
  runShell,
  type CommandOutcome,
} from './run-command.ts'
import { kafka } from './service-place.ts'
import { budgetExceeded, hypothesis, json, outcome, rollback, traceRecorded, transition } from './test-events.ts'

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

describe('the command line', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let next = 0
  beforeAll(async () => {
    directory = await temporaryDirectory()
  })
  afterEach(killRunningCommands)
  afterAll(() => directory.remove())
  const newData = (): string => join(directory.path, `data-${next++}`)

  describe('ingest', () => {
    test('appends valid lines, tells of each refused one, and counts duplicates', async () => {
      const [first, second, third] = [
        outcome({ tenant_id: 'a' }, { backend: 'separators \u2028 \u2029 \u0085' }),
        outcome({ tenant_id: 'b', occurred_at: '2026-04-23T10:00:00Z' }),
        outcome({ occurred_at: '2026-04-23T11:00:00Z' }),
      ].map(json) as [string, string, string]
      const lines = [
        `${first}\r`,
        '',
        ' \t  \r',
        ' '.repeat(100),
        second,
        '{"event_id":',
        second.replace('"event_id":"', '"event_id":"@'),
        second.replace('"tokens":null', '"tokens":-1'),
        Buffer.concat([Buffer.from('{"event_id":"'), Buffer.from([0xff]), Buffer.from(second.slice(13))]),
        first,
        second.replace('"backend":null', `"backend":"${'x'.repeat(1_048_588)}"`),
        third,
      ]
      const stdin = Buffer.concat(
        lines.flatMap((line, index) => [Buffer.from(index === 0 ? '' : '\n'), Buffer.from(line)]),
      )
      const data = newData()
      const ingested = await runCommand(['--data', data, 'ingest'], { stdin })
      expectNoStackTrace(ingested)
      expect(ingested.stdout).toBe('{"accepted":4,"rejected":5,"duplicates":1}\n')
      expect(ingested.exitCode).toBe(1)
      const refused = jsonLines(ingested.stderr).toSorted((a, b) => Number(a['line']) - Number(b['line']))
      expect(refused.map(({ line, code, field }) => [line, code, field])).toEqual([
        [6, 'InvalidQuery', 'event_id'],
        [7, 'InvalidQuery', 'event_id'],
        [8, 'InvalidQuery', 'event.data.tokens'],
        [9, 'InvalidQuery', 'event_id'],
        [11, 'InvalidQuery', 'event'],
      ])
      for (const each of refused) {
        expect(Object.keys(each)).toEqual(['line', 'code', 'field', 'message'])
        expect(String(each['message']).length).toBeLessThan(300)
      }
      const queried = await runCommand(['--data', data, 'query'])
      expect(queried).toMatchObject({ exitCode: 0, stderr: '', stdout: `${first}\n${second}\n${third}\n` })
    })

    test("takes the contract's vectors from a file, and refuses the invalid ones with the field named", async () => {
      const valid = readVectors('public')
      const invalid = readVectors('invalid')
      const file = join(directory.path, 'vectors.ndjson')
      await writeFile(file, [...invalid, ...valid].map(({ text }) => `${text}\n`).join(''))
      const data = newData()
      const ingested = await runCommand(['ingest', file], { environment: { EXPERIENCE_LOG_DATA: data } })
      expectNoStackTrace(ingested)
      expect(ingested.exitCode).toBe(1)
      expect(jsonLines(ingested.stdout)).toEqual([{ accepted: valid.length, rejected: invalid.length, duplicates: 0 }])
      for (const { line, field } of jsonLines(ingested.stderr)) {
        const { name, why } = invalid[Number(line) - 1]!
        const fault = /^\[\w+\] ([^:]+):/.exec(why)?.[1] ?? ''
        // We may name a part of what the reference names.
        expect(`${String(field)}.`.startsWith(fault), `${name} is refused for ${String(field)}`).toBe(true)
      }
      const queried = await runCommand(['--data', data, 'query'])
      expect(queried.stdout.trimEnd().split('\n').toSorted()).toEqual(valid.map(({ text }) => text).toSorted())
    })

    test('counts no event where there is none', async () => {
      const ingested = await runCommand(['--data', newData(), 'ingest', '-'], { stdin: '\n' })
      expect(ingested).toMatchObject({
        exitCode: 0,
        stdout: '{"accepted":0,"rejected":0,"duplicates":0}\n',
        stderr: '',
      })
    })

    test('says which file cannot be read', async () => {
      const missing = await runCommand(['--data', newData(), 'ingest', join(directory.path, 'nowhere')])
      expectFailure(missing, 2, /nowhere: ENOENT/)
      const folder = await runCommand(['--data', newData(), 'ingest', directory.path])
      expectFailure(folder, 2, /it is a directory/)
    })
  })

  describe('questions', () => {
    let data: string
    const events = [
      outcome({ tenant_id: 'a', correlation_id: 'run-1' }, { tokens: 5n, cost_microdollars: 2n ** 64n - 1n }),
      outcome({ tenant_id: 'a', occurred_at: '2026-04-23T12:00:00+02:00' }, { passed: false, backend: 'b\u001B[31m' }),
      budgetExceeded({ tenant_id: 'b', occurred_at: '2026-04-23T11:00:00Z' }, { resource: { Other: 'GPU' } }),
      hypothesis({ occurred_at: '2026-04-23T12:00:00Z' }),
      transition('lora@1', 'Draft', 'Active', { tenant_id: 'a', occurred_at: '2026-04-23T13:00:00Z' }),
      rollback('lora@1', { tenant_id: 'a', occurred_at: '2026-04-23T14:00:00Z' }),
      traceRecorded('trace-1', 'anthropic', { tenant_id: 'b', occurred_at: '2026-04-23T15:00:00Z' }),
    ]
    const texts = events.map(json)

    beforeAll(async () => {
      data = newData()
      const stdin = texts.toReversed().join('\n')
      expect(await runCommand(['--data', data, 'ingest'], { stdin })).toMatchObject({ exitCode: 0, stderr: '' })
    })

    const ask = async (...args: string[]): Promise<string> => {
      const answered = await runCommand(['--data', data, ...args])
      expectNoStackTrace(answered)
      expect(answered).toMatchObject({ exitCode: 0, stderr: '' })
      return answered.stdout
    }
    const linesOf = (...indices: number[]): string => indices.map((index) => `${texts[index]}\n`).join('')

    test('query prints envelopes byte for byte, in order, as filters say', async () => {
      expect(await ask('query')).toBe(linesOf(0, 1, 2, 3, 4, 5, 6))
      expect(await ask('query', '--tenant', 'a', '--kind', 'OutcomeRecorded', '--kind', 'BudgetExceeded')).toBe(
        linesOf(0, 1),
      )
      expect(await ask('query', '--from', '2026-04-23T10:00:00Z', '--to', '1776942000Z')).toBe(linesOf(1, 2))
      expect(await ask('query', '--chain', 'chain-a', '--desc', '--limit', '2')).toBe(linesOf(3, 2))
      expect(await ask('query', '--correlation', 'run-1')).toBe(linesOf(0))
      expect(await ask('query', '--limit', '0')).toBe('')
    })

    test('query finds events by what they name', async () => {
      expect(await ask('query', '--event-id', events[3]!.event_id)).toBe(linesOf(3))
      expect(await ask('query', '--trace-link', 'trace-1')).toBe(linesOf(6))
      expect(await ask('query', '--artifact', 'lora@1')).toBe(linesOf(4, 5))
      expect(await ask('query', '--proposal', 'p-1')).toBe('')
    })

    test("chain prints a chain's story, of one tenant or of all", async () => {
      expect(await ask('chain', 'chain-a')).toBe(linesOf(0, 1, 2, 3))
      expect(await ask('chain', 'chain-a', '--tenant', 'b')).toBe(linesOf(2))
      expectFailure(await runCommand(['--data', data, 'chain', 'nope']), 1, /^NotFound: .*chain nope/)
    })

    test('query and chain can be asked as the log stood at a position or an instant', async () => {
      const named = await runCommand(['--data', data, 'query', '--event-id', events[4]!.event_id, '--cursor'])
      // Events were appended from the last to the first, each tenant's to a topic of its own.
      const before = ['--as-of', named.stderr.trim()]
      expect(await ask('query', '--tenant', 'a', ...before)).toBe(linesOf(4, 5))
      expect(await ask('query', '--tenant', 'a', '--as-of', 'experience.events.a/0/2')).toBe(linesOf(1, 4, 5))
      expect(await ask('chain', 'chain-a', '--as-of', new Date().toISOString())).toBe(linesOf(0, 1, 2, 3))
    })

    test('the other questions can be asked so as well', async () => {
      const outcomes = ['analytics', 'outcomes', '--by', 'tenant', '--as-of', 'experience.events.a/0/2']
      expect(jsonLines(await ask(...outcomes))).toMatchObject([{ tenant: 'a', outcomes: 1 }])
      expect(jsonLines(await ask('artifacts', '--as-of', 'experience.events.a/0/0'))).toMatchObject([
        { kind: null, transitions: 1 },
      ])
      expect(jsonLines(await ask('summary', '--as-of', '2026-01-01T00:00:00Z'))).toMatchObject([{ total_events: 0 }])
      const missing = await runCommand(['--data', data, 'trace-link', 'trace-1', '--as-of', '2026-01-01T00:00:00Z'])
      expectFailure(missing, 1, /^NotFound: .*trace-1/)
    })

    test('a position that the log does not hold is wrong use', async () => {
      const asked = await runCommand(['--data', data, 'query', '--as-of', 'experience.events.a/0/4'])
      expectFailure(asked, 2, /^InvalidQuery: --as-of: experience\.events\.a\/0\/4 is beyond the end/)
    })

    test('artifacts prints where they stand', async () => {
      const [artifact, ...more] = jsonLines(await ask('artifacts', '--kind', 'Adapter', '--state', 'RolledBack'))
      expect(more).toEqual([])
      expect(artifact).toEqual({
        tenant_id: 'a',
        artifact_id: 'lora@1',
        kind: 'Adapter',
        state: 'RolledBack',
        since: '2026-04-23T14:00:00Z',
        transitions: 2,
        forbidden_transitions: 1,
      })
      expect(await ask('artifacts', '--kind', 'Prompt')).toBe('')
    })

    test('trace-link prints a trace, or says that there is none', async () => {
      const trace = JSON.parse(texts[6]!) as { event: { data: { trace_link: object } } }
      expect(JSON.parse(await ask('trace-link', 'trace-1', '--tenant', 'b'))).toEqual(trace.event.data.trace_link)
      const missing = await runCommand(['--data', data, 'trace-link', 'trace-1', '--tenant', 'a'])
      expectFailure(missing, 1, /^NotFound: .*trace-1/)
    })

    test('summary counts kinds', async () => {
      const [counts] = jsonLines(await ask('summary'))
      expect(counts).toMatchObject({
        total_events: 7,
        outcome_recorded: 2,
        proposal_created: 0,
        trace_link_recorded: 1,
      })
      expect(Object.keys(counts?.['by_kind'] ?? {})).toHaveLength(6)
      expect(await ask('summary', '--tenant', 'b', '--format', 'table')).toBe(
        [
          'kind                 events',
          '───────────────────  ──────',
          'ReplayTraceRecorded       1',
          'BudgetExceeded            1',
          '',
        ].join('\n'),
      )
    })

    test('analytics prints JSON lines with exact integers, or tables that foreign text cannot break', async () => {
      const outcomes = await ask('analytics', 'outcomes', '--tenant', 'a', '--bucket', 'all', '--by', 'tenant')
      expect(outcomes).toContain('"cost_microdollars":18446744073709551615')
      expect(jsonLines(outcomes)).toMatchObject([{ tenant: 'a', outcomes: 2, passed: 1, pass_rate: 0.5, tokens: 5 }])
      const table = await ask('analytics', 'outcomes', '--by', 'backend', '--format', 'table')
      expect(table).toContain('b·[31m')
      expect(table).not.toContain('\u001B')
      expect(jsonLines(await ask('analytics', 'chains', '--limit', '1'))).toMatchObject([
        { tenant_id: 'a', chain_id: 'chain-a', outcomes: 2 },
      ])
      expect(jsonLines(await ask('analytics', 'budgets'))).toEqual([
        { tenant_id: 'b', resource: 'GPU', other: true, events: 1, chains: 1 },
      ])
      expect(await ask('analytics', 'budgets', '--tenant', 'a', '--format', 'table')).toBe('(none)\n')
    })

    test('verify finds nothing to differ', async () => {
      expect(await ask('verify')).toBe('{"events":7,"differences":[]}\n')
    })
  })

  describe('wrong use', () => {
    test.each<[args: string[], message: RegExp]>([
      [['frobnicate'], /unknown command 'frobnicate'/],
      [['query', '--frobnicate'], /unknown option '--frobnicate'/],
      [['trace-link'], /missing required argument 'id'/],
      [['summary', 'extra'], /too many arguments/],
      [['analytics'], /Usage: experience-log analytics/],
      [['rebuild', 'sideways'], /too many arguments|unknown command/],
      [['rebuild', '--projection', 'foo'], /--projection .*must be events or dead_letters/],
      [[], /Usage: experience-log/],
    ])('%j ends with 2 and a message', async (args, message) => {
      expectFailure(await runCommand(args), 2, message)
    })

    test('tells every fault of options and settings at once', async () => {
      const args = [
        'query',
        '--limit',
        '-1',
        '--kind',
        'Nope',
        '--kind',
        'nope',
        '--from',
        'yesterday',
        '--to',
        '',
        '--as-of',
        'then',
      ]
      const environment = { KAFKA_BROKERS: 'localhost', TOPIC_PREFIX: 'a.b', READ_WAIT_MS: 'soon', KAFKA_SSL: '' }
      const failed = await runCommand(args, { environment })
      expectFailure(failed, 2, /--limit/)
      for (const fault of [
        "'Nope'",
        "'nope'",
        '--from',
        '--to',
        '--as-of',
        'KAFKA_BROKERS',
        'TOPIC_PREFIX',
        'READ_WAIT_MS',
      ]) {
        expect(failed.stderr).toContain(fault)
      }
      expect(failed.stderr).toContain('SCHEMA_REGISTRY_URL: required with KAFKA_BROKERS')
      expect(failed.stderr).not.toContain('KAFKA_SSL')
    })

    test('help is no wrong use', async () => {
      const help = await runCommand(['query', '--help'])
      expect(help).toMatchObject({ exitCode: 0, stderr: '' })
      for (const kind of eventKinds) expect(help.stdout).toContain(kind)
    })
  })

  describe('servers that cannot be reached', () => {
    const unreachable = async (
      args: string[],
      environment: (address: string) => Record<string, string>,
    ): Promise<{ failed: CommandOutcome; address: string }> => {
      const address = `127.0.0.1:${await closedPort()}`
      const failed = await runCommand(['--data', newData(), ...args], { environment: environment(address), stdin: '' })
      return { failed, address }
    }

    test.each(['ingest', 'query', 'verify', 'project'])(
      'Kafka, for %s: names the brokers and what to do',
      async (command) => {
        const { failed, address } = await unreachable([command], (broker) => ({
          KAFKA_BROKERS: broker,
          SCHEMA_REGISTRY_URL: `http://${broker}`,
        }))
        expectFailure(failed, 3, /^Unavailable: .*Check that the brokers run/)
        expect(failed.stderr).toContain(address)
        expect(failed.ms).toBeLessThan(200_000)
      },
    )

    test('ClickHouse: names the server', async () => {
      const { failed, address } = await unreachable(['query'], (server) => ({
        CLICKHOUSE_URL: `http://user:secret@${server}`,
      }))
      expectFailure(failed, 3, /^Unavailable: ClickHouse at .* cannot be reached/)
      expect(failed.stderr).toContain(address)
      expect(failed.stderr).not.toContain('secret')
      expect(failed.ms).toBeLessThan(200_000)
    })

    test.skipIf(kafka().skipped !== undefined)('the schema registry: names the server', async () => {
      const { failed, address } = await unreachable(['ingest'], (server) => ({
        ...kafka().environment,
        SCHEMA_REGISTRY_URL: `http://user:secret@${server}`,
      }))
      expectFailure(failed, 3, /^Unavailable: .*schema registry/)
      expect(failed.stderr).toContain(address)
      expect(failed.stderr).not.toContain('secret')
      expect(failed.ms).toBeLessThan(200_000)
    })
  })

  test('project goes on until it is stopped, alone in its data directory, while others may append', async () => {
    const data = newData()
    const projecting = new RunningCommand(['--data', data, 'project'])
    await projecting.says('projecting into database')
    const event = json(outcome({ tenant_id: 'a' }))
    const ingested = await runCommand(['--data', data, 'ingest'], { stdin: event })
    expect(ingested).toMatchObject({
      exitCode: 0,
      stdout: '{"accepted":1,"rejected":0,"duplicates":null}\n',
      stderr: '',
    })
    const refused = await runCommand(['--data', data, 'query'])
    expectFailure(refused, 3, /^Unavailable: another process \(\d+\) uses the data directory .*stop it/)
    expect(refused.stderr).toContain(data)

    projecting.signal('SIGTERM')
    const ended = await projecting.ended
    expectNoStackTrace(ended)
    expect(ended).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await runCommand(['--data', data, 'query'])).toMatchObject({ exitCode: 0, stdout: `${event}\n` })
  })

  test('an ingest that is interrupted says so, and what it had appended', async () => {
    const data = newData()
    const ingesting = new RunningCommand(['--data', data, 'ingest'], { stdin: null })
    ingesting.write(`${json(outcome({ tenant_id: 'a' }))}\n{"no":"envelope"}\n`)
    await ingesting.says('"line":2')
    ingesting.signal('SIGINT')
    const ended = await ingesting.ended
    expectNoStackTrace(ended)
    expect(ended).toMatchObject({ exitCode: 130, stdout: '{"accepted":1,"rejected":1,"duplicates":null}\n' })
    expect(ended.stderr).toMatch(/^Interrupted: .*the rest of the input was not read/m)
  })

  test('what stands on standard input does not get into the tables', async () => {
    const data = newData()
    const unreachable = { CLICKHOUSE_URL: 'http://127.0.0.1:1' }
    const event = json(outcome({ tenant_id: 'a' }))
    await runCommand(['--data', data, 'ingest'], { stdin: event, environment: unreachable })
    const asked = await runCommand(['--data', data, 'query'], { stdin: 'not for the engine\n'.repeat(10_000) })
    expect(asked).toMatchObject({ exitCode: 0, stdout: `${event}\n`, stderr: '' })
  })

  test('a data directory that cannot be made is named', async () => {
    expectFailure(
      await runCommand(['--data', '/dev/null/nowhere', 'query']),
      2,
      /EXPERIENCE_LOG_DATA.*\/dev\/null\/nowhere/,
    )
  })

  test.each([
    ['--version'],
    ['--help'],
    ...['ingest', 'query', 'project', 'artifacts', 'trace-link', 'summary', 'chain', 'verify', 'demo'].map((name) => [
      name,
      '--help',
    ]),
    ...['outcomes', 'chains', 'budgets'].map((name) => ['analytics', name, '--help']),
  ])('%s %s %s is answered', async (...words) => {
    const answered = await runCommand(words.filter((word) => typeof word === 'string'))
    expect(answered).toMatchObject({ exitCode: 0, stderr: '' })
    expect(answered.stdout).toMatch(words.includes('--version') ? /^\d+\.\d+\.\d+\n$/ : /^Usage: experience-log/)
  })

  test('a reader that has seen enough ends query quietly', async () => {
    const data = newData()
    const stdin = Array.from({ length: 6000 }, () => json(outcome({ tenant_id: 'a' }))).join('\n')
    await runCommand(['--data', data, 'ingest'], { stdin })
    const piped = await runShell(`$COMMAND --data ${data} query | head -1; echo "exit \${PIPESTATUS[0]}"`, {})
    expect(piped.stderr).toBe('')
    expect(piped.stdout.split('\n')).toMatchObject(
      [/"event_id"/, 'exit 0', ''].map((each) => expect.stringMatching(each) as string),
    )
  })

  test('a log that somebody else has to project is waited for, and who projects is not disturbed by who asks', async () => {
    const server = await startClickHouse({ user: 'writer', password: 'p@ss/word' })
    const environment = {
      EXPERIENCE_LOG_DATA: newData(),
      CLICKHOUSE_URL: server.urlOfUser,
      READ_WAIT_MS: '500',
    }
    const event = json(outcome({ tenant_id: 'a' }))
    const ingested = await runCommand(['ingest'], { environment, stdin: event })
    expect(ingested).toMatchObject({
      exitCode: 0,
      stdout: '{"accepted":1,"rejected":0,"duplicates":null}\n',
      stderr: '',
    })
    const lagging = await runCommand(['query'], { environment })
    expectFailure(lagging, 3, /^Lagging: .*experience\.events\.a\/0 \(1 behind\)/)

    const projecting = new RunningCommand(['project'], { environment })
    await projecting.says('projecting into database')
    const patient = { ...environment, READ_WAIT_MS: '20000' }
    expect(await runCommand(['query'], { environment: patient })).toMatchObject({ exitCode: 0, stdout: `${event}\n` })
    expect(await runCommand(['verify'], { environment: patient })).toMatchObject({
      exitCode: 0,
      stdout: '{"events":1,"differences":[]}\n',
    })
    const asOf = async (moment: string) => runCommand(['query', '--as-of', moment], { environment: patient })
    expect(await asOf('experience.events.a/0/0')).toMatchObject({ exitCode: 0, stdout: `${event}\n`, stderr: '' })
    expect(await asOf('2026-01-01')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    projecting.signal('SIGINT')
    expect(await projecting.ended).toMatchObject({ exitCode: 0 })
    await server.stop()
  })
})
