import { describe, expect, test } from 'vitest'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { foldTables } from '../../../operations/verify/fold-tables.ts'
import { alteredRows } from '../../../operations/verify/stored-content.ts'
import { topicChunks } from '../../../operations/verify/topic-chunks.ts'
import { verify, type Verification } from '../../../operations/verify/verify.ts'
import { differingViews } from '../../../operations/verify/views.ts'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { countedCalls } from '../../counted-calls.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'

describe('verify of many tenants', () => {
  const bench = new ServiceBench()

  const open = async (tenants: number): Promise<Service> => {
    const service = await bench.open(bench.newEnvironment(lmdb), { TOPIC_PARTITIONS: '2' })
    const runs = ['one', 'two', 'three', 'four']
    const events = Array.from({ length: tenants }, (_, index) =>
      runs.map((run) => outcome({ tenant_id: `t${index}`, event_id: run, correlation_id: run })),
    )
    await append(service, events.flat())
    await service.catchUp()
    return service
  }

  /** What it finds, and how often it asks for it. */
  const counted = async (
    service: Service,
  ): Promise<{ readonly found: Verification; readonly readings: number; readonly statements: number }> => {
    const { topics, registry } = service.log
    const { generation } = service.readModel
    const log = countedCalls<EventLog>(service.log.log)
    const store = countedCalls<ReadModelStore>(service.readModel.store)
    const parts = { log: log.of, topics, decoders: new EnvelopeDecoders(registry), store: store.of, generation }
    const endOfLog = await service.endOfLog()
    const found = await verify({ ...parts, group: service.group }, endOfLog, { among: 'all' })
    return { found, readings: log.calls('read'), statements: store.calls('query') }
  }

  test('asks as often for many as for two', async () => {
    const two = await counted(await open(2))
    const many = await counted(await open(12))
    expect(two.found).toEqual({ events: 8, differences: [] })
    expect(many.found).toEqual({ events: 48, differences: [] })
    expect(many).toMatchObject({ readings: two.readings, statements: two.statements })
  })

  test('names the event at fault of each tenant that has one', async () => {
    const service = await open(4)
    const { store, generation } = service.readModel
    const change = (sql: string): Promise<void> =>
      store.command({ sql: `ALTER TABLE ${store.table(generation.eventsTable)} ${sql} SETTINGS mutations_sync = 2` })
    await change(`DELETE WHERE tenant_id = 't1' AND event_id = 'two'`)
    await change(`UPDATE payload = '{}' WHERE tenant_id = 't2' AND event_id = 'three'`)
    await change(`UPDATE payload = '{}' WHERE tenant_id = 't3' AND event_id = 'four'`)
    const { differences } = (await counted(service)).found
    const firsts = differences.map(({ topic, measure, first }) => [topic, measure, first?.event_id, first?.what])
    const topicOf = (tenant: string): string => service.log.topics.topic('events', tenant)
    expect(firsts).toEqual([
      [topicOf('t1'), 'events of kind OutcomeRecorded', 'two', 'missing'],
      ...['events', 'content'].map((what) => [topicOf('t1'), `${what} of 2026-04-23`, 'two', 'missing']),
      [topicOf('t2'), 'events whose columns differ from their digest', 'three', 'altered'],
      [topicOf('t3'), 'events whose columns differ from their digest', 'four', 'altered'],
    ])
  })
  test('asks about a thousand partitions in statements that ClickHouse takes', async () => {
    const { log, readModel } = await open(1)
    const ends = Array.from({ length: 1000 }, (_, index) => {
      return { topic: log.topics.topic('events', `t${index}`), partition: 0, earliest: offset(0), next: offset(100) }
    })
    expect(await differingViews(readModel.store, readModel.generation, ends)).toEqual([])
    expect((await foldTables(readModel.store, readModel.generation, ends)).size).toBe(1000)
    expect(await alteredRows(readModel.store, readModel.generation, ends)).toEqual([])
  })

  test('asks about no more partitions than that at once', () => {
    const ends = Array.from({ length: 300 }, (_, index) => `t${index}`).flatMap((topic) =>
      Array.from({ length: 8 }, (__, partition) => ({ topic, partition, earliest: offset(0), next: offset(1) })),
    )
    expect([...topicChunks(ends)].map((chunk) => chunk.size)).toEqual([125, 125, 50])
  })
})
