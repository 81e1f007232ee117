import kafkajs from 'kafkajs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TopicPartition } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import type { PartitionClaim } from '../../../log/group-consumer.ts'
import { createKafka, KafkaCluster } from '../../../log/kafka/client/kafka-cluster.ts'
import { GroupMember } from '../../../log/kafka/consume/group-member.ts'
import { resolveKafkaOptions } from '../../../log/kafka/client/kafka-options.ts'
import { randomGroup, randomPrefix, request, textsOf } from './event-log-fixture.ts'
import { gate, RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { createKafkaFixture, kafkaMissing, type KafkaFixture } from './kafka-fixture.ts'

/** A consumer, and when it was handed batches of each topic. */
class TimedConsumer {
  readonly #times = new Map<string, number[]>()
  readonly consumer: RecordingConsumer

  constructor(log: EventLog, group: string, prefix: string) {
    this.consumer = new RecordingConsumer(log, group, prefix, {
      before: async ({ topic }) => {
        const times = this.#times.get(topic) ?? []
        this.#times.set(topic, times)
        times.push(performance.now())
      },
    })
  }

  /** The longest time in which nothing of the topic came, ms. */
  longestPause(topic: string): number {
    const times = this.#times.get(topic) ?? []
    return Math.max(...times.slice(1).map((time, index) => time - times[index]!))
  }

  textsOf(topic: string): string[] {
    return this.consumer.batches.filter((batch) => batch.topic === topic).flatMap(({ records }) => textsOf(records))
  }

  claimsOf({ topic, partition }: TopicPartition): PartitionClaim[] {
    const claims = this.consumer.claims.filter((claim) => claim.topic === topic && claim.partition === partition)
    return [...new Set(claims)]
  }
}

describe.skipIf(kafkaMissing() !== undefined)('Kafka, where topics come and go', () => {
  let fixture: KafkaFixture
  let admin: kafkajs.Admin
  let log: EventLog
  let prefix: string
  let steady: string
  let group: string
  const logs: EventLog[] = []
  const open = async (options?: Parameters<KafkaFixture['open']>[0]): Promise<EventLog> => {
    const opened = await fixture.open(options)
    logs.push(opened)
    return opened
  }

  beforeAll(async () => {
    fixture = await createKafkaFixture()
    admin = new kafkajs.Kafka({ brokers: [...fixture.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
  })
  afterAll(async () => {
    await admin?.disconnect()
    await fixture?.dispose()
  })
  beforeEach(async () => {
    prefix = randomPrefix()
    steady = `${prefix}steady`
    group = randomGroup()
    log = await open()
  })
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((each) => each.close()))
  })

  const append = (topic: string, ...texts: string[]) => log.append(texts.map((text) => request(topic, 'key', text)))

  /** Appends to the steady topic until stopped. */
  const keepAppending = (): { stop(): Promise<void> } => {
    const stopping = new AbortController()
    const appending = (async () => {
      for (let count = 0; !stopping.signal.aborted; count++) {
        await append(steady, `steady ${count}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    return {
      stop: () => {
        stopping.abort()
        return appending
      },
    }
  }

  /** Deletes a topic, and appends to a new one of the same name as soon as Kafka lets. */
  const replace = async (topic: string, ...texts: string[]): Promise<void> => {
    await admin.deleteTopics({ topics: [topic] })
    await until(() => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).catch(() => false))
    const fresh = await open()
    await until(() =>
      fresh.append(texts.map((text) => request(topic, 'key', text))).then(
        () => true,
        () => false,
      ),
    )
  }

  test('reads new topics soon, each by one member, and goes on with the others meanwhile', async () => {
    const members = [new TimedConsumer(log, group, prefix), new TimedConsumer(await open(), group, prefix)]
    const owners = () => members.filter((member) => member.textsOf(steady).length > 0)
    const appending = keepAppending()
    await until(() => owners().length > 0)
    // A member that joined late has made the group deal anew.
    await append(steady, 'both are there')
    await until(() => owners().some((member) => member.textsOf(steady).includes('both are there')))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const owner = members.find((member) => member.consumer.batches.at(-1)?.topic === steady)
    const before = owner!.claimsOf({ topic: steady, partition: 0 }).length
    const startedAt = performance.now()
    await append(`${prefix}new`, '1')
    await until(() => members.some((member) => member.textsOf(`${prefix}new`).length > 0))
    expect(performance.now() - startedAt).toBeLessThan(50_000)
    expect(owner!.claimsOf({ topic: steady, partition: 0 })).toHaveLength(before)
    await append(`${prefix}new`, '2')
    await until(() => members.some((member) => member.textsOf(`${prefix}new`).includes('2')))
    await appending.stop()
    await Promise.all(members.map(({ consumer }) => consumer.stop()))
    expect(members.flatMap((member) => member.textsOf(`${prefix}new`))).toEqual(['1', '2'])
    expect(members.flatMap(({ consumer }) => consumer.outcomes).every((each) => each === 'committed')).toBe(true)
  })

  test('shares new topics out among the members', async () => {
    const members = [new TimedConsumer(log, group, prefix), new TimedConsumer(await open(), group, prefix)]
    await append(steady, '0')
    await until(() => members.some(({ consumer }) => consumer.texts.length > 0))
    const topics = Array.from({ length: 8 }, (_, index) => `${prefix}new-${index}`)
    for (const topic of topics) await append(topic, '0')
    await until(async () => {
      for (const topic of topics) await append(topic, 'more')
      return members.every(({ consumer }) => consumer.texts.length > 1)
    })
    await Promise.all(members.map(({ consumer }) => consumer.stop()))
  })

  test('reads a new topic also where what is committed of it could not be looked up at first', async () => {
    await append(steady, '0')
    const member = new TimedConsumer(log, group, prefix)
    await until(() => member.consumer.texts.length === 1)
    const lookUp = vi.spyOn(GroupMember.prototype, 'committed').mockRejectedValueOnce(new Error('not now'))
    await append(`${prefix}new`, '1')
    await until(() => lookUp.mock.calls.length > 0)
    await until(() => member.textsOf(`${prefix}new`).length > 0)
    await member.consumer.stop()
  })

  test('goes on with the others when a topic is deleted, also while its batch is handled', async () => {
    const doomed = `${prefix}doomed`
    await append(doomed, '1')
    const started = gate()
    const goOn = gate()
    const outcomes: string[] = []
    const member = new TimedConsumer(log, group, prefix)
    const appending = keepAppending()
    await until(() => member.textsOf(doomed).length === 1 && member.textsOf(steady).length > 10)
    await member.consumer.stop()

    const holding = new RecordingConsumer(await open(), group, prefix, {
      before: async ({ topic, next }, claim) => {
        if (topic !== doomed) return
        started.open()
        await goOn.opened
        outcomes.push(await claim.commit(next, ''))
      },
    })
    await append(doomed, '2')
    await started.opened
    await admin.deleteTopics({ topics: [doomed] })
    await until(async () => !(await log.topics(prefix)).includes(doomed))
    // Time for a look, and for the fetches that fail.
    const count = holding.batches.length
    await until(() => holding.batches.length > count + 50)
    goOn.open()
    await until(() => outcomes.length > 0)
    expect(outcomes[0]).toBe('fenced')
    await appending.stop()
    await holding.stop()
    expect(new Set(holding.claims.filter(({ topic }) => topic === steady))).toHaveLength(1)
  })

  test('does not rest because a topic is deleted', async () => {
    const doomed = Array.from({ length: 5 }, (_, index) => `${prefix}doomed-${index}`)
    for (const topic of doomed) await append(topic, '1')
    const member = new TimedConsumer(log, group, prefix)
    const appending = keepAppending()
    await until(() => member.textsOf(steady).length > 10 && doomed.every((topic) => member.textsOf(topic).length > 0))
    for (const topic of doomed) {
      await admin.deleteTopics({ topics: [topic] })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const count = member.textsOf(steady).length
    await until(() => member.textsOf(steady).length > count + 30)
    await appending.stop()
    await member.consumer.stop()
    expect(member.longestPause(steady)).toBeLessThan(60_000)
    expect(member.claimsOf({ topic: steady, partition: 0 })).toHaveLength(1)
  })

  test.each([2, 6])(
    'reads a topic from its beginning that replaced one of its name, with %i records for 4',
    async (count) => {
      const replaced = `${prefix}replaced`
      await append(replaced, 'a', 'b', 'c', 'd')
      await append(steady, '0')
      const member = new TimedConsumer(log, group, prefix)
      await until(() => member.textsOf(replaced).length === 4 && member.textsOf(steady).length === 1)
      const texts = Array.from({ length: count }, (_, index) => `new ${index}`)
      await replace(replaced, ...texts)
      await until(() => member.textsOf(replaced).length >= 4 + count)
      await append(steady, '1')
      await until(() => member.textsOf(steady).length === 2)
      await member.consumer.stop()
      expect(member.textsOf(replaced)).toEqual(['a', 'b', 'c', 'd', ...texts])
      expect(member.claimsOf({ topic: steady, partition: 0 })).toHaveLength(1)
      expect(member.claimsOf({ topic: replaced, partition: 0 }).map(({ committed }) => committed)).toEqual([null, null])
      const committed = await log.committed(group, [replaced])
      expect(committed.map(({ offset }) => offset)).toEqual([BigInt(count)])
    },
  )

  test('reads a topic from its beginning that replaced one while nobody read it', async () => {
    const replaced = `${prefix}replaced`
    await append(replaced, 'a', 'b', 'c', 'd')
    const first = new RecordingConsumer(log, group, prefix)
    await first.has(4)
    await first.stop()
    await replace(replaced, 'e')
    const second = new RecordingConsumer(await open(), group, prefix)
    await second.has(1)
    await second.stop()
    expect(second.texts).toEqual(['e'])
  })

  test.each([
    ['within', 2, 1],
    ['at the end of', 2, 2],
    ['beyond the end of', 1, 2],
  ])('takes a commit of an earlier topic %s one of its name for none, where Kafka kept it', async (_, count, at) => {
    const replaced = `${prefix}replaced`
    await append(replaced, 'a', 'b')
    const first = new RecordingConsumer(log, group, prefix)
    await first.has(2)
    await first.stop()
    const [kept] = (await admin.fetchOffsets({ groupId: group, topics: [replaced] })).flatMap((each) => each.partitions)
    expect(kept).toMatchObject({ offset: '2' })
    await replace(replaced, ...Array.from({ length: count }, (__, index) => `new ${index}`))
    // As where the coordinator was down when the topic was deleted.
    const cluster = new KafkaCluster(createKafka(resolveKafkaOptions({ brokers: fixture.brokers })))
    await cluster.connect()
    const partitions = [{ partition: 0, offset: String(at), metadata: kept!.metadata ?? '' }]
    const commit = { groupId: group, memberId: '', groupGenerationId: -1, topics: [{ topic: replaced, partitions }] }
    await (await cluster.coordinator(group)).offsetCommit(commit)
    await cluster.disconnect()

    expect(await log.committed(group, [replaced])).toEqual([])
    const second = new RecordingConsumer(await open(), group, prefix)
    await second.has(count)
    await second.stop()
    expect(second.texts).toEqual(Array.from({ length: count }, (__, index) => `new ${index}`))
    expect(second.claims[0]!.committed).toBeNull()
    expect(await log.committed(group, [replaced])).toMatchObject([
      { offset: BigInt(count), metadata: `up to ${count}` },
    ])
  })

  test('reads on what works, and in the end all, where failing partitions hold more than the buffer', async () => {
    const small = await open({ bufferBytes: 40_000 })
    const failing = Array.from({ length: 8 }, (_, index) => `${prefix}failing-${index}`)
    for (const topic of failing) {
      await append(topic, ...Array.from({ length: 10 }, (_, index) => `${index} `.padEnd(1500, 'x')))
    }
    const attempts = new Map<string, string[]>()
    let mended = false
    const consumer = new RecordingConsumer(small, group, prefix, {
      batchBytes: 10_000,
      before: async ({ topic, first, next, records }) => {
        if (mended || topic === steady) return
        attempts.set(topic, [...(attempts.get(topic) ?? []), `${first}-${next} ${textsOf(records).join('')}`])
        throw new Error('not yet')
      },
    })
    await until(() => failing.every((topic) => (attempts.get(topic)?.length ?? 0) > 3))
    for (let count = 1; count <= 5; count++) {
      const startedAt = performance.now()
      await Promise.all([append(steady, `steady ${count}`.padEnd(9000, 'x')), consumer.has(count)])
      expect(performance.now() - startedAt).toBeLessThan(60_000)
    }
    mended = true
    await consumer.has(5 + 10 * failing.length)
    await consumer.stop()
    for (const topic of failing) {
      expect(new Set(attempts.get(topic))).toHaveLength(1)
      const batches = consumer.batches.filter((batch) => batch.topic === topic)
      expect(batches.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual(
        Array.from({ length: 10 }, (_, index) => BigInt(index)),
      )
    }
  })
})
