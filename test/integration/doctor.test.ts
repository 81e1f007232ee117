import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Finding } from '../../operations/doctor/finding.ts'
import { startClickHouse } from '../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { jsonLines, runCommand } from './run-command.ts'
import { append, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { json, outcome } from './test-events.ts'

async function examine(environment: Record<string, string>, ...args: string[]) {
  const { exitCode, stdout, stderr } = await runCommand(['doctor', '--format', 'json', ...args], { environment })
  const findings = jsonLines(stdout) as unknown as Finding[]
  const wrong = findings.filter(({ severity }) => severity === 'error' || severity === 'warning')
  return { exitCode, stderr, findings, wrong }
}

describe('doctor of an embedded directory', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  beforeAll(async () => {
    directory = await temporaryDirectory()
  })
  afterAll(() => directory.remove())

  test('creates nothing, and finds what is there well', async () => {
    const data = join(directory.path, 'well')
    const before = await examine({ EXPERIENCE_LOG_DATA: data })
    expect(before).toMatchObject({ exitCode: 0, stderr: '', wrong: [] })
    expect(await readdir(directory.path)).toEqual([])
    await runCommand(['--data', data, 'ingest'], { stdin: json(outcome({ tenant_id: 'a' })) })
    const ingested = await examine({ EXPERIENCE_LOG_DATA: data })
    expect(ingested).toMatchObject({ exitCode: 0, stderr: '', wrong: [] })
    await runCommand(['--data', data, 'summary'])
    const projected = await examine({ EXPERIENCE_LOG_DATA: data })
    expect(projected).toMatchObject({ exitCode: 0, stderr: '', wrong: [] })
    expect(projected.findings.map(({ message }) => message)).toContain('every record is projected')
    const { stdout } = await runCommand(['--data', data, 'doctor'])
    expect(stdout).toMatch(/^✓ machine {5}Node .*\n\nThis set-up works\.\n$/s)
  })

  test('names a directory that cannot be written', async () => {
    const { exitCode, wrong } = await examine({ EXPERIENCE_LOG_DATA: '/proc/nowhere' })
    expect(exitCode).toBe(1)
    expect(wrong).toMatchObject([
      { area: 'machine', severity: 'error', message: expect.stringContaining('/proc') as string },
    ])
  })

  test('says which servers cannot be reached', async () => {
    const { exitCode, wrong } = await examine({
      KAFKA_BROKERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
      CLICKHOUSE_URL: 'http://127.0.0.1:1',
    })
    expect(exitCode).toBe(1)
    expect(wrong).toMatchObject([
      { area: 'log', severity: 'error', message: expect.stringContaining('Check that the brokers run') as string },
      { area: 'read model', severity: 'error', message: expect.stringContaining('cannot be reached') as string },
    ])
  })
})

const realKafka = kafka()
describe.skipIf(realKafka.skipped !== undefined)('doctor of Kafka and ClickHouse', () => {
  const bench = new ServiceBench()

  test('tells of topics that forget, projectors that do not run, and what is not projected', async () => {
    const clickhouse = await startClickHouse()
    const environment = { ...bench.newEnvironment(realKafka), CLICKHOUSE_URL: clickhouse.url }
    const service = await bench.open(environment)
    const settled = await examine(environment)
    expect(settled).toMatchObject({ exitCode: 0, stderr: '', wrong: [] })
    await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'b' })])
    const topic = service.log.topics.topic('events', 'a')
    const admin = new kafkajs.Kafka({
      brokers: inject('kafkaBrokers').split(','),
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin()
    await admin.connect()
    const configEntries = [{ name: 'retention.ms', value: '86400000' }]
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
    })
    await admin.disconnect()
    const { exitCode, wrong } = await examine(environment)
    expect(exitCode).toBe(1)
    expect(wrong).toMatchObject([
      {
        area: 'log',
        severity: 'error',
        message: expect.stringContaining(`${topic} forgets`) as string,
        next: expect.stringContaining('retention.ms=-1') as string,
      },
      // Kafka takes altered settings for all that are set.
      { area: 'log', severity: 'warning', message: expect.stringContaining('1 h ahead') as string },
      {
        area: 'projection',
        message: 'no projector runs; 2 records are not projected yet',
        next: 'experience-log project',
      },
    ])
    await clickhouse.stop()
  })
})

test('doctor refuses a role that there is not', async () => {
  const refused = await runCommand(['doctor', '--role', 'emperor'], { environment: lmdb.environment })
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('produce, project, ask, operate')
})
