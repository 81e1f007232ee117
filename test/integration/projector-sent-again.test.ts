import { describe, expect, test } from 'vitest'
import { ExperienceError } from '../../base/experience-error.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'
import { interceptCommits } from './intercepted-parts.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { outcome } from './test-events.ts'

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`events that are sent again, on ${log.name}`, () => {
    const bench = new ServiceBench()

    test('count once in topics of several partitions, also where their range is projected twice', async () => {
      const service = await bench.open(bench.newEnvironment(log), { TOPIC_PARTITIONS: '2' })
      const events = Array.from({ length: 20 }, () => outcome({ tenant_id: 'a' }))
      await append(service, events)
      await service.catchUp()
      await service.stopProjecting()

      await append(service, events)
      const failed = new Set<bigint>()
      const projector = bench.startProjector(service, {
        log: interceptCommits(service.log.log, async (next, metadata, commit) => {
          if (metadata !== '' || failed.has(next)) return commit()
          failed.add(next)
          throw new ExperienceError('Unavailable', 'Kafka did not answer in time')
        }),
      })
      const { log: its, topics } = service.log
      const topic = topics.topic('events', 'a')
      const ends = (await its.offsets([topic])).filter(({ next }) => next > 0n)
      await until(async () => {
        const committed = await its.committed(service.group, [topic])
        return ends.every(({ partition, next }) =>
          committed.some((each) => each.partition === partition && each.offset === next && each.metadata === ''),
        )
      })
      await projector.stop()
      expect(projector.failures.length).toBeGreaterThan(0)
      expect(await countRows(service)).toBe(20)
      expect(await service.verify()).toEqual({ events: 20, differences: [] })
    })
  })
}
