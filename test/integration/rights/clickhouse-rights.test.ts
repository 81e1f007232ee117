import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { listGenerations } from '../../../projections/generations/generations.ts'
import { queryEvents } from '../../../queries/events.ts'
import { summariseEvents } from '../../../queries/event-summary.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { parseAsOf } from '../../../service/questions/as-of.ts'
import { startClickHouse, type ClickHouseFixture } from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { startProfileProxy, type ProfileProxy } from '../projections/profile-proxy.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { lmdb, type Environment } from '../service-place.ts'

/** The engine refuses everything that changes something, and lets settings of the statement through. */
const READS_ONLY = { readonly: '2' }

describe('a user who may only read the ClickHouse read model', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture
  let proxy: ProfileProxy
  let environment: Environment

  beforeAll(async () => {
    clickhouse = await startClickHouse()
    proxy = await startProfileProxy(clickhouse.url)
    environment = { ...bench.newEnvironment(lmdb), CLICKHOUSE_URL: proxy.url }
    const service = await bench.open(environment)
    await append(service, [...simulateFleet({ seed: 3, events: 100 })])
    const projecting = service.project()
    await service.catchUp()
    await service.stopProjecting()
    await projecting
  })
  afterAll(async () => {
    await proxy.close()
    await clickhouse.stop()
  })

  test('asks, lists and verifies', async () => {
    proxy.profile = READS_ONLY
    const service = await bench.open(environment)
    expect(await queryEvents(service.queries, EventQuery.parse({ kinds: [] }))).toHaveLength(100)
    expect(await summariseEvents(service.queries, null)).toMatchObject({ total_events: 100n })
    const { prefix } = await service.queriesAsOf(null, { asOf: parseAsOf(new Date().toISOString()) })
    expect(prefix).not.toBeNull()
    expect(await service.verify()).toMatchObject({ events: 100, differences: [] })
    expect(await listGenerations(service.readModel.store)).toHaveLength(1)
  })

  test('is told by ClickHouse what it may not where nothing was projected yet, and where that stands', async () => {
    proxy.profile = READS_ONLY
    const fresh = { ...bench.newEnvironment(lmdb), CLICKHOUSE_URL: proxy.url }
    await expect(bench.open(fresh)).rejects.toMatchObject({
      code: 'StorageError',
      message: expect.stringMatching(
        /^ClickHouse rejected the request: READONLY .*\(docs\/rights\.md, ClickHouse\)$/,
      ) as string,
    })
  })
})
