import kafkajs from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { KafkaEventLog } from '../../log/kafka/kafka-event-log.ts'
import { topicFaults } from '../../operations/doctor/topic-faults.ts'
import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { startClickHouse, type ClickHouseFixture } from '../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand } from '../integration/run-command.ts'
import { kafka, servicePlace, type Environment, type ServicePlace } from '../integration/service-place.ts'
import { json } from '../integration/test-events.ts'

const TENANTS = ['a', 'b', 'c']
const EVENTS = 600

// One life of an installation, on whatever speaks Kafka's protocol at KAFKA_BROKERS: `npm run test:brokers` runs it on several.
describe.skipIf(kafka().skipped !== undefined)('on this Kafka', () => {
  let place: ServicePlace
  let clickhouse: ClickHouseFixture
  let environment: Environment
  let log: KafkaEventLog
  let admin: kafkajs.Admin

  beforeAll(async () => {
    place = await servicePlace()
    clickhouse = await startClickHouse()
    environment = { ...place.newEnvironment(kafka()), CLICKHOUSE_URL: clickhouse.url, READ_WAIT_MS: '60000' }
    const brokers = inject('kafkaBrokers').split(',')
    log = await KafkaEventLog.connect({ brokers })
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
  })
  afterAll(async () => {
    await admin?.disconnect()
    await log?.close()
    await clickhouse?.stop()
    await place?.dispose()
  })
  afterEach(killRunningCommands)

  const topics = () => TENANTS.map((tenant) => `${environment['TOPIC_PREFIX']}.events.${tenant}`)
  /** Runs a command to its end, which has to be a good one, and answers with what it printed. */
  const run = async (args: readonly string[], stdin = ''): Promise<string> => {
    const outcome = await runCommand(args, { environment, stdin })
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 })
    return outcome.stdout
  }
  /** What the group of the projectors has committed of all topics. */
  const projected = async (): Promise<bigint> => {
    const { groups } = await admin.listGroups()
    const group = groups.find(({ groupId }) => groupId.startsWith(`${environment['TOPIC_PREFIX']}.projector.`))
    if (group === undefined) return 0n
    return (await log.committed(group.groupId, topics())).reduce((sum, { offset }) => sum + offset, 0n)
  }
  const answered = async (...args: readonly string[]): Promise<number> =>
    jsonLines(await run(['query', ...args, '--limit', '1000'])).length

  test('appends, projects, answers, proves, rebuilds and erases, with a projector killed in between', async () => {
    const lines = [...simulateFleet({ seed: 7, events: EVENTS, tenants: TENANTS })].map(json)
    const half = EVENTS / 2
    await run(['ingest'], lines.slice(0, half).join('\n'))
    const described = await log.describeTopics(topics())
    expect(described).toHaveLength(TENANTS.length)
    expect(described.flatMap(topicFaults).filter(({ severity }) => severity !== 'note')).toEqual([])

    const killed = new RunningCommand(['project'], { environment })
    await until(async () => (await projected()) > 0n)
    const ingesting = run(['ingest'], lines.slice(half).join('\n'))
    killed.signal('SIGKILL')
    await Promise.all([killed.ended, ingesting])

    expect(await projected()).toBeLessThan(BigInt(EVENTS))
    const successor = new RunningCommand(['project'], { environment })
    await successor.says('projecting into database')
    await until(async () => (await projected()) === BigInt(EVENTS))
    expect(await answered()).toBe(EVENTS)
    expect(jsonLines(await run(['verify']))).toEqual([{ events: EVENTS, differences: [] }])

    expect(jsonLines(await run(['rebuild']))).toMatchObject([{ events: EVENTS, differences: 0, switched: true }])
    const ofA = await answered('--tenant', 'a')
    expect(ofA).toBeGreaterThan(0)
    await run(['tenants', 'delete', 'a'])
    expect(await answered()).toBe(EVENTS - ofA)
    expect(jsonLines(await run(['verify']))).toEqual([{ events: EVENTS - ofA, differences: [] }])
    expect(await log.topics(topics()[0]!)).toEqual([])

    // The tenant may come back, in a topic of the same name.
    await run(['ingest'], lines.filter((line) => line.includes('"tenant_id":"a"')).join('\n'))
    expect(await answered('--tenant', 'a')).toBe(ofA)
    successor.signal('SIGTERM')
    expect(await successor.ended).toMatchObject({ exitCode: 0 })
  })
})
