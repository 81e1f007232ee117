import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLog } from '../../../service/wiring/open-log.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { logRecord } from '../dead-letters/bad-records.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { runLine } from './run-line.ts'

const bench = new HttpBench()

const LINES = ['acme', 'acme', 'other']
  .map((tenant_id, n) => envelopeToJson(parseEnvelope(outcome({ event_id: `evt-${n}`, tenant_id }))))
  .join('\n')

async function appendGarbage(environment: Environment): Promise<string> {
  const opened = await openLog(settingsOf(environment))
  const topic = opened.topics.topic('events', 'acme')
  await opened.log.append([{ topic, record: logRecord('garbage', { event_id: 'evt-bad' }) }])
  await opened.close()
  return `${topic}/0/2`
}

/** In this order: with the same output and the same exit code, by the log of this machine and over HTTP. */
const CASES: readonly (readonly string[])[] = [
  ['tenants', 'list'],
  ['tenants', 'list', '--format', 'table'],
  ['lag'],
  ['lag', '--format', 'table'],
  ['verify'],
  ['verify', '--tenant', 'acme'],
  ['verify', '--tenant', 'nobody'],
  ['rebuild', 'status'],
  ['rebuild', 'pause'],
  ['rebuild', 'abandon'],
  ['rebuild', 'resume'],
  ['rebuild', '--tenant', 'nobody'],
  ['rebuild', '--tenant', 'acme', '--projection', 'events'],
  ['rebuild', '--from', '2026-04-23T00:00:00Z'],
  ['generations', 'list'],
  ['rollback'],
  ['prune'],
  ['prune', 'no generation'],
  ['dead-letters', 'list'],
  ['dead-letters', 'list', '--tenant', 'other', '--format', 'table'],
  ['dead-letters', 'list', '--limit', '0'],
  ['dead-letters', 'show', 'BAD'],
  ['dead-letters', 'show', 'nowhere/0/0'],
  ['dead-letters', 'retry', 'BAD'],
  ['dead-letters', 'discard', '--all', '--because', 'no event'],
  ['dead-letters', 'discard', 'BAD', '--because', 'no event'],
  ['dead-letters', 'list', '--state', 'all'],
  ['dead-letters', 'held'],
  ['dead-letters', 'release', '--all'],
  ['dead-letters', 'release', 'no topic'],
  ['exports', 'list'],
  ['tenants', 'delete', 'other'],
  ['tenants', 'delete', 'other'],
  ['tenants', 'list'],
]

/** How far they are is told in as many lines as they take seconds, and what projects tells of it where it runs. */
const ACTS: ReadonlySet<string> = new Set(['rebuild', 'rollback'])

describe('the commands of operators over HTTP', () => {
  test('print what they print of the log and tables of this machine', async () => {
    const own = bench.newEnvironment(lmdb)
    const served = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(served)
    const overHttp: Environment = { EXPERIENCE_LOG_URL: url }
    await runLine(['ingest'], own, { stdin: LINES })
    await runLine(['ingest'], overHttp, { stdin: LINES })
    const [ownBad, servedBad] = [await appendGarbage(own), await appendGarbage(served)]
    await runLine(['query'], own)
    await runLine(['query'], overHttp)
    for (const args of CASES) {
      const name = args.join(' ')
      const expected = await runLine(
        args.map((arg) => (arg === 'BAD' ? ownBad : arg)),
        own,
      )
      const told = await runLine(
        args.map((arg) => (arg === 'BAD' ? servedBad : arg)),
        overHttp,
      )
      const isSame = (text: string): string => inCommon(text, own, served)
      expect(isSame(told.stdout), name).toBe(isSame(expected.stdout))
      if (!ACTS.has(args[0]!)) expect(isSame(told.stderr), name).toBe(isSame(expected.stderr))
      expect(told.exitCode, name).toBe(expected.exitCode)
    }
  })

  test('tell of held topics beside the dead letters', async () => {
    const strict = { PROJECTOR_DEAD_LETTER_SHARE: '0.01', PROJECTOR_DEAD_LETTER_MINIMUM: '1' }
    const own = { ...bench.newEnvironment(lmdb), ...strict }
    const served = { ...bench.newEnvironment(lmdb), ...strict }
    const { url } = await bench.serve(served)
    const overHttp: Environment = { EXPERIENCE_LOG_URL: url }
    for (const [environment, of] of [[own, own] as const, [overHttp, served] as const]) {
      await runLine(['ingest'], environment, { stdin: LINES })
      // A projector that comes to both at once holds the topic from its beginning on.
      await runLine(['summary'], environment)
      await appendGarbage(of)
      await until(async () => (await runLine(['dead-letters', 'held'], environment)).stdout !== '')
    }
    for (const args of [[], ['--tenant', 'acme'], ['--tenant', 'other']]) {
      const expected = await runLine(['dead-letters', 'list', ...args], own)
      const told = await runLine(['dead-letters', 'list', ...args], overHttp)
      expect(told.stderr.includes('the topic is held')).toBe(args[1] !== 'other')
      expect(inCommon(told.stderr, own, served)).toBe(inCommon(expected.stderr, own, served))
    }
  })

  test('export a whole file, and a part of none', async () => {
    const served = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(served)
    const overHttp: Environment = { EXPERIENCE_LOG_URL: url }
    await runLine(['ingest'], overHttp, { stdin: LINES })
    const folder = await mkdtemp(join(tmpdir(), 'export-'))
    try {
      const file = join(folder, 'all.avro')
      const exported = await runLine(['export', file], overHttp)
      const here = await runLine(['export', join(folder, 'here.avro')], served)
      expect(exported).toMatchObject({ exitCode: 0, stdout: here.stdout.replace('here.avro', 'all.avro') })
      expect((await runLine(['export', file], overHttp)).stderr).toContain('it exists already')
      const imported = await runLine(['import', file], bench.newEnvironment(lmdb))
      expect(imported.exitCode).toBe(0)
      expect(imported.stdout.split('\n').at(-2)).toBe(exported.stdout.split('\n').at(-2))
      const nobody = await runLine(['export', join(folder, 'nobody.avro'), '--tenant', 'nobody'], overHttp)
      expect(nobody).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'NotFound: the log has no topic of the tenant "nobody"\n',
      })
      const operations = await runLine(['operations', 'list'], overHttp)
      expect(operations.stdout).toContain('"type":"Exported","file":"-"')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('create, list and revoke keys, with what a key of the server lets them', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const own: Environment = { EXPERIENCE_LOG_URL: url }
    const created = await runLine(['keys', 'create', '--all-tenants', '--role', 'operate', '--name', 'one'], own)
    const operator = JSON.parse(created.stdout) as { key: string; id: string }
    expect(created).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await runLine(['keys', 'list'], own)).exitCode).toBe(2)
    const withKey = { ...own, EXPERIENCE_LOG_KEY: operator.key }
    const limited = [
      'keys',
      'create',
      '--tenant',
      'acme',
      '--role',
      'read',
      '--expires',
      '1h',
      '--queries-at-once',
      '2',
    ]
    const reader = JSON.parse((await runLine(limited, withKey)).stdout) as { key: string; id: string }
    expect(await runLine(['keys', 'list', '--format', 'table'], withKey)).toEqual(
      await runLine(['keys', 'list', '--format', 'table'], environment),
    )
    const asReader = { ...own, EXPERIENCE_LOG_KEY: reader.key }
    expect((await runLine(['tenants', 'list'], asReader)).stderr).toMatch(/^Forbidden: the key needs the role operate/)
    expect((await runLine(['keys', 'revoke', reader.id], withKey)).stdout).toContain('"state":"revoked"')
    expect((await runLine(['summary'], asReader)).stderr).toMatch(/^Unauthorized: /)
    expect(await runLine(['keys', 'revoke', '0123456789ab'], withKey)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'NotFound: there is no key of that id\n',
    })
    const refused = await runLine(['dead-letters', 'retry', 'a/0/0', '--event', 'file'], withKey)
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('and not over HTTP') })
  })
})

/** Names of topics and tables, ids of generations, times and sizes are those of each log. */
function inCommon(text: string, ...environments: readonly Environment[]): string {
  let common = text
  for (const { TOPIC_PREFIX, CLICKHOUSE_DATABASE = 'experience_log' } of environments)
    common = common.replaceAll(TOPIC_PREFIX!, 'prefix').replaceAll(CLICKHOUSE_DATABASE, 'database')
  return common
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/(?<=[_"])[0-9a-f]{12}(?=")/g, 'id')
    .replaceAll(/"(seconds|bytes)":[\d.]+/g, '"$1":0')
}
