import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import type { PartitionClaim } from '../../../log/group-consumer.ts'
import { RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { randomGroup, randomPrefix, request } from './event-log-fixture.ts'
import { FaultyNetwork } from './faulty-network.ts'
import { createKafkaFixture, kafkaMissing, type KafkaFixture } from './kafka-fixture.ts'

const TOPICS = 8

describe.skipIf(kafkaMissing() !== undefined)('a commit that gets no answer', () => {
  let fixture: KafkaFixture
  let log: EventLog

  beforeEach(async () => {
    fixture = await createKafkaFixture()
    log = await fixture.open()
  })
  afterEach(async () => {
    await log.close()
    await fixture.dispose()
  })

  test('cannot be taken once the partition is claimed anew, also where the member does not lead the group', async () => {
    const [group, prefix] = [randomGroup(), randomPrefix()]
    const append = (text: string) =>
      log.append(Array.from({ length: TOPICS }, (_, index) => request(`${prefix}${index}`, 'key', text)))
    await append('first')
    const leader = new RecordingConsumer(log, group, prefix)
    await leader.has(TOPICS)

    // What the leader has opened does not go through it.
    const network = await FaultyNetwork.before(Number(fixture.brokers[0]?.split(':')[1]))
    const others = await fixture.open()
    let lost: PartitionClaim | undefined
    const member = new RecordingConsumer(others, group, prefix, {
      commitsOnce: true,
      before: async (_, claim) => {
        if (lost !== undefined) return
        lost = claim
        network.freeze()
        void setTimeout(500).then(() => network.reset())
      },
    })
    await until(async () => {
      await append('more')
      return lost !== undefined
    })
    await until(() => member.claims.some((claim) => claim !== lost && claim.topic === lost?.topic))
    // As if it were taken only now.
    expect(await lost?.commit(offset(0), 'late')).toBe('fenced')
    await member.stop()
    await leader.stop()
    await others.close()
    await network.close()
  })
})
