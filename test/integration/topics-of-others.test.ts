import kafkajs from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { killRunningCommands, runCommand, RunningCommand } from './run-command.ts'
import { kafka, servicePlace, type Environment, type ServicePlace } from './service-place.ts'
import { json, outcome } from './test-events.ts'

describe.skipIf(kafka().skipped !== undefined)('topics that somebody else made', () => {
  let place: ServicePlace
  let admin: kafkajs.Admin
  let environment: Environment

  beforeAll(async () => {
    place = await servicePlace()
    const brokers = inject('kafkaBrokers').split(',')
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
  })
  afterAll(async () => {
    await admin?.disconnect()
    await place?.dispose()
  })
  afterEach(killRunningCommands)

  /** The topic of a tenant's events. */
  const make = async (tenant: string, settings: Readonly<Record<string, string>>, partitions = 1): Promise<string> => {
    const topic = `${environment['TOPIC_PREFIX']}.events.${tenant}`
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }] })
    return topic
  }
  const ingest = (...tenants: string[]) =>
    runCommand(['ingest'], { environment, stdin: tenants.map((each) => json(outcome({ tenant_id: each }))).join('\n') })

  test('warns at every start of project and rebuild of each that forgets, a few lines for many', async () => {
    environment = place.newEnvironment(kafka())
    const old = await make('old', { 'retention.ms': '604800000' })
    const compacted = await make('compacted', { 'cleanup.policy': 'compact' })
    expect(await ingest('old', 'compacted', 'sound')).toMatchObject({ exitCode: 0 })

    const rebuilt = await runCommand(['rebuild'], { environment })
    expect(rebuilt).toMatchObject({ exitCode: 0 })
    const warnings = rebuilt.stderr.split('\n').filter((line) => line.startsWith('WARNING'))
    expect(warnings).toEqual([
      expect.stringMatching(
        `^WARNING: ${compacted} forgets: it is compacted, .*--entity-name ${compacted} --add-config cleanup.policy=delete`,
      ),
      expect.stringMatching(
        `^WARNING: ${old} forgets: Kafka deletes what is older than 7 d .*--entity-name ${old} --add-config retention.ms=-1`,
      ),
    ])
    const projecting = new RunningCommand(['project'], { environment })
    for (const topic of [old, compacted]) await projecting.says(`WARNING: ${topic} forgets`)
    projecting.signal('SIGTERM')
    expect(await projecting.ended).toMatchObject({ exitCode: 0 })

    for (let more = 0; more < 12; more++) await make(`more-${more}`.replaceAll('-', ''), { 'retention.ms': '1000000' })
    const many = await runCommand(['rebuild'], { environment })
    expect(many.stderr.split('\n').filter((line) => line.startsWith('WARNING'))).toHaveLength(11)
    expect(many.stderr).toContain('WARNING: and 4 more faults of this kind\n')
  })

  /** Ingests events, and proves that all are answered in any way of projecting them. */
  const expectAll = async (events: readonly string[]): Promise<void> => {
    expect(await runCommand(['ingest'], { environment, stdin: events.join('\n') })).toMatchObject({ exitCode: 0 })
    for (const command of [['verify'], ['rebuild'], ['verify']]) {
      expect(await runCommand(command, { environment })).toMatchObject({ exitCode: 0 })
    }
    const queried = await runCommand(['query'], { environment })
    expect(
      queried.stdout
        .split('\n')
        .filter((line) => line !== '')
        .toSorted(),
    ).toEqual(events.toSorted())
  }

  test('may have any number of partitions', async () => {
    environment = place.newEnvironment(kafka())
    await make('wide', {}, 5)
    const ids = Array.from({ length: 40 }, (_, index) => `run-${index}`)
    await expectAll(ids.map((id) => json(outcome({ tenant_id: 'wide', correlation_id: id }))))
  })

  test('may keep the broker’s times: those are what time travel goes by', async () => {
    environment = place.newEnvironment(kafka())
    await make('late', { 'message.timestamp.type': 'LogAppendTime' })
    const first = json(outcome({ tenant_id: 'late', occurred_at: 'some day' }))
    await expectAll([first])
    const between = new Date().toISOString()
    const second = json(outcome({ tenant_id: 'late', occurred_at: 'another day' }))
    expect(await runCommand(['ingest'], { environment, stdin: second })).toMatchObject({ exitCode: 0 })
    expect((await runCommand(['query'], { environment })).stdout).toBe(`${first}\n${second}\n`)
    expect((await runCommand(['query', '--as-of', between], { environment })).stdout).toBe(`${first}\n`)
    expect(await runCommand(['verify'], { environment })).toMatchObject({ exitCode: 0 })
  })

  test('may take smaller events only: a larger one is rejected by name, the others go in', async () => {
    environment = place.newEnvironment(kafka())
    await make('narrow', { 'max.message.bytes': '2000' })
    const small = Array.from({ length: 20 }, () => json(outcome({ tenant_id: 'narrow' })))
    const large = json(outcome({ tenant_id: 'narrow', event_id: 'large' }, { backend: 'x'.repeat(3000) }))
    const ingested = await runCommand(['ingest'], { environment, stdin: [...small, large].join('\n') })
    expect(ingested).toMatchObject({ exitCode: 1, stdout: '{"accepted":20,"rejected":1,"duplicates":0}\n' })
    expect(ingested.stderr).toMatch(
      /takes 3\d{3} bytes in the log, which is more than the 1939 that one record may take/,
    )
    const queried = await runCommand(['query'], { environment })
    expect(
      queried.stdout
        .split('\n')
        .filter((line) => line !== '')
        .toSorted(),
    ).toEqual(small.toSorted())
    expect(await runCommand(['verify'], { environment })).toMatchObject({ exitCode: 0 })
  })
})
