import { describe, expect, test } from 'vitest'
import { ExperienceError } from '../../base/experience-error.ts'
import type { SchemaId } from '../../log/schema-registry.ts'
import type { InsertBlock } from '../../projections/read-model-store.ts'
import type { Service } from '../../service/wiring/service.ts'
import { gate, until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { framed, logRecord, presentSchema, uncheckedBody } from './dead-letters/bad-records.ts'
import { interceptCommits, interceptInserts, lateInserts } from './intercepted-parts.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { outcome } from './test-events.ts'

const TENANTS = Array.from({ length: 40 }, (_, index) => `tenant-${index}`)

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`batches over many partitions on ${log.name}`, () => {
    const bench = new ServiceBench()
    const appendToEach = (service: Service) =>
      append(
        service,
        TENANTS.map((tenant_id) => outcome({ tenant_id })),
      )
    const isOfEvents = ({ table }: InsertBlock): boolean => table.startsWith('events_')

    test('are inserted at once, and committed together', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await appendToEach(service)
      const intents = new Set<string>()
      let inserts = 0
      const projector = bench.startProjector(service, {
        log: interceptCommits(service.log.log, (_, metadata, commit) => {
          if (metadata !== '') intents.add(metadata)
          return commit()
        }),
        store: interceptInserts(service.readModel.store, (block, insert) => {
          if (isOfEvents(block)) inserts++
          return insert()
        }),
      })
      await until(async () => (await countRows(service)) === TENANTS.length)
      await projector.stop()
      // One, or some where Kafka brought the topics one after another.
      expect(inserts).toBeLessThan(5)
      expect(intents.size).toBe(inserts)
      expect(await service.verify()).toEqual({ events: TENANTS.length, differences: [] })
    })

    test('go on without a partition whose schema the registry does not tell', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const { registry, topics } = service.log
      const schemaId = await presentSchema(service.log)
      const missing = (schemaId + 1_000_000) as SchemaId
      const topic = topics.topic('events', TENANTS[0]!)
      const value = framed(missing, uncheckedBody(outcome({ tenant_id: TENANTS[0]! })))
      await service.log.log.append([{ topic, record: logRecord(value) }])
      await appendToEach(service)
      const told = gate()
      const projector = bench.startProjector(service, {
        registry: {
          schemaById: async (id) => {
            if (id !== missing) return registry.schemaById(id)
            await told.opened
            return registry.schemaById(schemaId as SchemaId)
          },
        },
      })
      await until(async () => (await countRows(service)) === TENANTS.length - 1)
      await append(service, [outcome({ tenant_id: TENANTS[1]! })])
      await until(async () => (await countRows(service)) === TENANTS.length)
      told.open()
      await until(async () => (await countRows(service)) === TENANTS.length + 2)
      await projector.stop()
      expect(projector.failures).toEqual([])
    })

    test('go on without the rows of a partition that the server refuses', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const few = TENANTS.slice(0, 6)
      await append(
        service,
        few.map((tenant_id) => outcome({ tenant_id })),
      )
      const poison = service.log.topics.topic('events', few[3]!)
      let refuses = true
      const projector = bench.startProjector(service, {
        store: interceptInserts(service.readModel.store, async (block, insert) => {
          const isRefused =
            refuses && isOfEvents(block) && block.native.some((piece) => Buffer.from(piece).includes(poison))
          if (isRefused) throw new ExperienceError('StorageError', 'ClickHouse refuses the rows')
          await insert()
        }),
      })
      await until(async () => (await countRows(service)) === few.length - 1)
      // Of those that came together, and of the halves, each is told of once.
      expect(projector.failures.length).toBeLessThan(few.length)
      await append(service, [outcome({ tenant_id: TENANTS[1]! })])
      await until(async () => (await countRows(service)) === few.length)
      refuses = false
      await until(async () => (await countRows(service)) === few.length + 1)
      await projector.stop()
      expect(await service.verify()).toEqual({ events: few.length + 1, differences: [] })
    })

    test('that two others have taken over in parts are there once, though the insert arrives late', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await appendToEach(service)
      const { store } = service.readModel
      const late = lateInserts(store)
      const first = bench.startProjector(service, {
        store: late.store,
      })
      await late.underWay
      await first.stop()

      const tokens = new Set<string>()
      const others = await Promise.all(
        [1, 2].map(async () => {
          const other = await bench.open(environment)
          return bench.startProjector(other, {
            store: interceptInserts(other.readModel.store, async (block, insert) => {
              tokens.add(block.deduplicationToken)
              await insert()
            }),
          })
        }),
      )
      await until(async () => (await countRows(service)) === TENANTS.length)
      const arrived = await late.arrive()
      await Promise.all(others.map((other) => other.stop()))
      expect(arrived).toBeGreaterThan(0)
      expect(tokens.size).toBeGreaterThan(0)
      expect(await service.verify()).toEqual({ events: TENANTS.length, differences: [] })
      expect(await countRows(service)).toBe(TENANTS.length)
    })

    test('of partitions with equal events, of which one is left out, leave none of its rows out', async () => {
      const service = await bench.open(bench.newEnvironment(log), { TOPIC_PARTITIONS: '2' })
      const schemaId = await presentSchema(service.log)
      const topic = service.log.topics.topic('events', 'a')
      const value = framed(schemaId, uncheckedBody(outcome({ tenant_id: 'a' })))
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      await service.log.log.append(keys.map((key) => ({ topic, record: { ...logRecord(value), key } })))
      let isRefused = true
      const projector = bench.startProjector(service, {
        log: interceptCommits(service.log.log, async (_, metadata, commit) => {
          // The first partition, whose row was chosen for both, is lost when it would be announced.
          if (metadata === '' || !isRefused) return commit()
          isRefused = false
          return 'fenced'
        }),
      })
      await until(async () => (await countRows(service)) === 1)
      await projector.stop()
      expect(await service.verify()).toEqual({ events: 1, differences: [] })
    })
  })
}
