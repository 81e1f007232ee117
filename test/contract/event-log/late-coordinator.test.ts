import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { GroupMember } from '../../../log/kafka/consume/group-member.ts'
import { createKafka, KafkaCluster } from '../../../log/kafka/client/kafka-cluster.ts'
import { resolveKafkaOptions } from '../../../log/kafka/client/kafka-options.ts'
import { randomGroup, randomPrefix, request } from './event-log-fixture.ts'
import { createKafkaFixture, kafkaMissing } from './kafka-fixture.ts'

/** Finds a group's coordinator late the first time. */
class LateCluster extends KafkaCluster {
  late: Promise<unknown> | undefined

  override async coordinator(
    ...asked: Parameters<KafkaCluster['coordinator']>
  ): ReturnType<KafkaCluster['coordinator']> {
    if (this.late === undefined) await (this.late = setTimeout(6000))
    return super.coordinator(...asked)
  }
}

describe.skipIf(kafkaMissing() !== undefined)('a coordinator that is found too late', () => {
  test('is not sent the commit that was made again meanwhile', async () => {
    const fixture = await createKafkaFixture()
    const log = await fixture.open()
    const topic = `${randomPrefix()}topic`
    await log.append([request(topic, 'key', 'first')])
    const options = resolveKafkaOptions({ brokers: fixture.brokers })
    const cluster = new LateCluster(createKafka(options))
    await cluster.connect()
    const member = new GroupMember(cluster, randomGroup(), options)
    const commits = member.commits(() => undefined)
    const place = { topic, partition: 0 }
    expect(await commits.commit({ ...place, offset: offset(0), metadata: 'early' })).toBe('committed')
    expect(await commits.commit({ ...place, offset: offset(1), metadata: 'later' })).toBe('committed')
    await cluster.late
    await setTimeout(1000)
    expect(await member.committed([place], new Map())).toEqual([{ ...place, offset: offset(1), metadata: 'later' }])
    await cluster.disconnect()
    await log.close()
    await fixture.dispose()
  })
})
