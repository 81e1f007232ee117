import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startClickHouse, type ClickHouseFixture } from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand } from '../run-command.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { logRecord } from './bad-records.ts'

const log = kafka()

describe.skipIf(log.skipped !== undefined)('garbage of one tenant, on Kafka and one ClickHouse', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture
  let environment: Record<string, string>
  let service: Service
  let bad: string

  beforeEach(async () => {
    clickhouse = await startClickHouse()
    environment = {
      ...bench.newEnvironment(log),
      CLICKHOUSE_URL: clickhouse.url,
      READ_WAIT_MS: '60000',
      KAFKA_SESSION_TIMEOUT_MS: '3000',
    }
    service = await bench.open(environment)
    bad = service.log.topics.topic('events', 'bad')
    await appendGarbage(150)
  })
  afterEach(async () => {
    killRunningCommands()
    await clickhouse.stop()
  })

  const appendGarbage = (count: number) =>
    service.log.log.append(
      Array.from({ length: count }, (_, at) => ({ topic: bad, record: logRecord(`garbage ${at}`) })),
    )
  const startProjector = async (): Promise<RunningCommand> => {
    const projecting = new RunningCommand(['project'], { environment })
    await projecting.says('projecting into database')
    return projecting
  }
  const run = (...args: string[]) => runCommand(args, { environment })
  const isProjected = async (tenant: string, events: number): Promise<boolean> => {
    const { stdout } = await run('summary', '--tenant', tenant)
    return jsonLines(stdout)[0]?.['total_events'] === events
  }

  test('leaves the projectors running, and the others as they are; a restart remembers, a release goes on', async () => {
    const projectors = await Promise.all([startProjector(), startProjector()])
    await Promise.race(projectors.map((each) => each.says(`the topic ${bad} is held at ${bad}/0/0`)))
    await append(
      service,
      ['a', 'b', 'c'].map((tenant) => outcome({ tenant_id: tenant })),
    )
    expect(await isProjected('a', 1)).toBe(true)
    // The sibling has heard of it, and neither has ended.
    await Promise.all(projectors.map((each) => each.says(`the topic ${bad} is held at`)))
    for (const projector of projectors) projector.signal('SIGTERM')
    for (const { exitCode, stderr } of await Promise.all(projectors.map((each) => each.ended))) {
      expect(exitCode).toBe(3)
      expect(stderr).toContain(`TopicHeld: the read model lacks records of ${bad} from ${bad}/0/0 on (NotFramed)`)
      expect(stderr).not.toContain('will try again')
    }

    const again = await startProjector()
    await again.says(`the topic ${bad} is held at`)
    await append(service, [outcome({ tenant_id: 'b' })])
    expect(await isProjected('b', 2)).toBe(true)
    const [all, ofBad, list, tenants, verified] = await Promise.all([
      run('summary'),
      run('query', '--tenant', 'bad'),
      run('dead-letters', 'list'),
      run('tenants', 'list'),
      run('verify'),
    ])
    expect([all.exitCode, jsonLines(all.stdout)]).toMatchObject([3, [{ total_events: 4 }]])
    expect([ofBad.exitCode, ofBad.stdout, list.exitCode, list.stdout]).toEqual([3, '', 0, ''])
    for (const { stderr } of [all, ofBad, list]) expect(stderr).toContain(`${bad} from ${bad}/0/0 on`)
    const heldAt = jsonLines(tenants.stdout).map(({ tenant, held_at }) => [tenant, held_at])
    expect(heldAt).toEqual([
      ['a', null],
      ['b', null],
      ['bad', `${bad}/0/0`],
      ['c', null],
    ])
    expect([verified.exitCode, jsonLines(verified.stdout)]).toMatchObject([
      1,
      [{ events: 4, differences: [{ topic: bad, log: '150' }] }],
    ])
    expect(jsonLines((await run('dead-letters', 'held')).stdout)).toMatchObject([
      { topic: bad, tenant_id: 'bad', position: `${bad}/0/0`, reason: 'NotFramed', bad: 150, records: 150 },
    ])

    expect(await run('dead-letters', 'release')).toMatchObject({ exitCode: 2 })
    expect(await run('dead-letters', 'release', '--tenant', 'a')).toMatchObject({ exitCode: 1 })
    const released = await run('dead-letters', 'release', '--tenant', 'bad')
    expect([released.exitCode, jsonLines(released.stdout)]).toEqual([0, [{ topic: bad, records: 150 }]])
    await again.says(`the topic ${bad} is no longer held`)
    expect(await run('verify')).toMatchObject({ exitCode: 0 })
    expect(await countRows(service, 'dead_letters')).toBe(150)
    again.signal('SIGTERM')
    expect(await again.ended).toMatchObject({ exitCode: 0 })
  })

  test('does not keep a rebuild from the others, also where it comes to the garbage first', async () => {
    await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'bad' })])
    const rebuilt = await run('rebuild')
    expect(rebuilt.stderr).toContain(`the topic ${bad} is held at ${bad}/0/0`)
    expect([rebuilt.exitCode, jsonLines(rebuilt.stdout)]).toMatchObject([0, [{ events: 1, switched: true }]])
    const projector = await startProjector()
    await append(service, [outcome({ tenant_id: 'a' })])
    expect(await isProjected('a', 2)).toBe(true)
    expect(await countRows(service, 'dead_letters')).toBe(0)
    expect(await run('dead-letters', 'release', '--all')).toMatchObject({ exitCode: 0 })
    await until(async () => isProjected('bad', 1))
    expect(await countRows(service, 'dead_letters')).toBe(150)
    projector.signal('SIGTERM')
    await projector.ended
  })
})
