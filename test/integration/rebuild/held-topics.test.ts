import { describe, expect, test } from 'vitest'
import { projectorGroup } from '../../../consumers/generation-group.ts'
import { releaseTopics } from '../../../operations/holds/release.ts'
import type { RebuildResult } from '../../../operations/rebuild/rebuild.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { logRecord } from '../dead-letters/bad-records.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { EVERYTHING } from './rebuild-scopes.ts'

const TIGHT = { PROJECTOR_DEAD_LETTER_MINIMUM: '20', READ_WAIT_MS: '60000' }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`rebuild with held topics on ${log.name}`, () => {
    const bench = new ServiceBench()

    const good = (tenant: string, count: number) => Array.from({ length: count }, () => outcome({ tenant_id: tenant }))
    const topicOf = ({ log: { topics } }: Service, tenant: string): string => topics.topic('events', tenant)
    const appendGarbage = (service: Service, tenant: string, count: number) =>
      service.log.log.append(
        Array.from({ length: count }, (_, at) => ({
          topic: topicOf(service, tenant),
          record: { ...logRecord(`garbage ${at}`), key: String(at) },
        })),
      )
    const heldNames = async (service: Service): Promise<string[]> =>
      (await service.heldTopics()).map(({ topic }) => topic)
    const release = async (service: Service, topic: string): Promise<void> => {
      await releaseTopics(service.log, service.readModel.store.database, [topic])
      await until(async () => (await heldNames(service)).length === 0)
    }
    const conduct = { stopped: new AbortController().signal, report: () => {}, onWait: () => {} }
    const rebuild = async (service: Service): Promise<RebuildResult> =>
      (await service.beginMaintenance()).rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
    const projectedTo = async (service: Service, topic: string): Promise<bigint[]> => {
      const group = projectorGroup(service.log.topics, await service.liveGeneration())
      return (await service.log.log.committed(group, [topic])).map(({ offset }) => offset)
    }

    test('builds them as far as the live generation has come, switches, and they stay held there; rolled back too', async () => {
      const service = await bench.open(bench.newEnvironment(log), { ...TIGHT, TOPIC_PARTITIONS: '2' })
      const bad = topicOf(service, 'bad')
      await append(service, [...good('bad', 9), ...good('fine', 5)])
      await service.catchUp()
      // Fewer than are too many, and later too many: what the live generation let pass has to pass again.
      for (let round = 0; round < 8; round++) {
        await appendGarbage(service, 'bad', 5)
        await service.catchUp().catch(() => {})
      }
      await until(async () => (await heldNames(service)).includes(bad))
      const letters = await countRows(service, 'dead_letters')
      expect(letters).toBeGreaterThan(0)
      expect(letters).toBeLessThan(40)
      const heldAt = await projectedTo(service, bad)

      const before = await service.liveGeneration()
      expect(await rebuild(service)).toMatchObject({ events: 14, differences: [], switched: true })
      expect((await service.liveGeneration()).id).not.toBe(before.id)
      expect(await projectedTo(service, bad)).toEqual(heldAt)
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([14, letters])

      expect((await service.beginMaintenance().then((all) => all.rollBack(conduct))).to.id).toBe(before.id)
      await release(service, bad)
      await service.catchUp()
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([14, 40])
      expect((await service.verify()).differences).toEqual([])
    })

    test('and with a topic that comes to be held meanwhile', async () => {
      const service = await bench.open(bench.newEnvironment(log), TIGHT)
      const bad = topicOf(service, 'bad')
      await append(service, [...good('bad', 5), ...good('fine', 5)])
      await service.catchUp()
      await service.stopProjecting()
      await appendGarbage(service, 'bad', 30)
      expect(await rebuild(service)).toMatchObject({ events: 10, differences: [], switched: true })
      expect(await heldNames(service)).toEqual([bad])
      expect(await countRows(service, 'dead_letters')).toBe(0)
      await release(service, bad)
      await service.catchUp()
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([10, 30])
      expect((await service.verify()).differences).toEqual([])
    })
  })
}
