import kafkajs from 'kafkajs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadsOf } from '../../log/kafka/consume/deal-slots.ts'
import { decodeDeal } from '../../log/kafka/consume/group-assignment.ts'
import { slotWeights } from '../../log/kafka/consume/slots.ts'
import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { startClickHouse, type ClickHouseFixture } from '../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { killRunningCommands, RunningCommand } from './run-command.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { startProfileProxy } from './projections/profile-proxy.ts'
import { kafka } from './service-place.ts'
import { outcome } from './test-events.ts'

const TENANTS = ['a', 'b', 'c', 'd', 'e', 'f']
/** Soon is before the group deals its partitions anew, which it does within a minute. */
const NEW_TENANT_MS = 50_000

const log = kafka()

describe.skipIf(log.skipped !== undefined)('projectors as processes of their own, on Kafka and one ClickHouse', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture
  let environment: Record<string, string>

  beforeEach(async () => {
    clickhouse = await startClickHouse()
    const { DISCOVERY_MS: _, ...usual } = bench.newEnvironment(log)
    environment = { ...usual, CLICKHOUSE_URL: clickhouse.url, READ_WAIT_MS: '60000', KAFKA_SESSION_TIMEOUT_MS: '3000' }
  })
  afterEach(async () => {
    killRunningCommands()
    await clickhouse.stop()
  })

  async function startProjector(changes: Record<string, string> = {}): Promise<RunningCommand> {
    const projecting = new RunningCommand(['project'], { environment: { ...environment, ...changes } })
    await projecting.says('projecting into database')
    return projecting
  }

  test('share the partitions, take over from one that dies, and end in order', async () => {
    const service = await bench.open(environment)
    const events = [...simulateFleet({ seed: 5, events: 3000, tenants: TENANTS })]
    await append(service, events.slice(0, 1000))
    const projectors = await Promise.all([startProjector(), startProjector(), startProjector()])
    const { group } = service
    const topics = TENANTS.map((tenant) => `${environment['TOPIC_PREFIX']}.events.${tenant}`)
    await until(async () => (await sharesOf(group, topics)).join() === '2,2,2')

    await append(service, events.slice(1000, 2000))
    projectors[0]?.signal('SIGKILL')
    await append(service, events.slice(2000))
    await service.catchUp()
    expect(await countRows(service)).toBe(3000)
    expect((await service.verify()).differences).toEqual([])
    expect((await sharesOf(group, topics)).join()).toBe('3,3')

    for (const projector of projectors.slice(1)) {
      projector.signal('SIGTERM')
      expect(await projector.ended).toMatchObject({ exitCode: 0 })
    }
    // Both have left the group, so that a successor need not wait for their sessions.
    expect(await sharesOf(group, topics)).toEqual([])
  })

  test('find a new tenant soon', async () => {
    const service = await bench.open(environment)
    await append(service, [outcome({ tenant_id: 'old' })])
    await startProjector()
    await service.catchUp()
    const started = performance.now()
    await append(service, [outcome({ tenant_id: 'new' })])
    await service.catchUp()
    expect(performance.now() - started).toBeLessThan(NEW_TENANT_MS)
    expect(await countRows(service)).toBe(2)
  })

  test('end at once at a second signal, whatever is under way', async () => {
    const service = await bench.open(environment)
    await append(service, [outcome({ tenant_id: 'a' })])
    const proxy = await startProfileProxy(clickhouse.url)
    const projector = await startProjector({ CLICKHOUSE_URL: proxy.url })
    await service.catchUp()
    // What it asks is not answered, so that it cannot end in order.
    clickhouse.server.pause()
    const before = proxy.requests
    await append(service, [outcome({ tenant_id: 'a' })])
    await until(() => proxy.requests > before)
    projector.signal('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 500))
    projector.signal('SIGTERM')
    expect(await projector.ended).toMatchObject({ exitCode: 143 })
    clickhouse.server.resume()
    await proxy.close()
  })
})

/** How many of the tenants' partitions each member of a group has, the fewest first. */
async function sharesOf(group: string, topics: readonly string[]): Promise<number[]> {
  const brokers = log.environment['KAFKA_BROKERS']?.split(',') ?? []
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([group])
    const [member] = groups[0]?.members ?? []
    if (member === undefined || member.memberAssignment.length === 0) return []
    const weights = slotWeights({ topics: new Map(topics.map((topic) => [topic, [{ partition: 0, leader: 0 }]])) }, '')
    return loadsOf(decodeDeal(member.memberAssignment), weights).toSorted((left, right) => left - right)
  } finally {
    await admin.disconnect()
  }
}
