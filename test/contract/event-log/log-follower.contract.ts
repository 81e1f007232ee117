import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { offset, type Offset, type TopicPartition } from '../../../base/position.ts'
import type { EventLog, FollowOptions, FoundPartition, LogFollower } from '../../../log/event-log.ts'
import type { StoredRecord } from '../../../log/record.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { until } from '../group-consumer/group-consumer-fixture.ts'
import {
  randomPrefix,
  request,
  textOf,
  textsOf,
  type AdapterUnderTest,
  type EventLogFixture,
} from './event-log-fixture.ts'

function atBeginning({ earliest }: FoundPartition): Offset {
  return earliest
}
function atEnd({ next }: FoundPartition): Offset {
  return next
}

/** A follower that is asked for batches until it is closed, and what it said. */
class Following {
  readonly found: FoundPartition[] = []
  readonly ended: TopicPartition[] = []
  readonly records: StoredRecord[] = []
  readonly #follower: LogFollower
  readonly #over: Promise<void>

  private constructor(follower: LogFollower, parts: Pick<Following, 'found' | 'ended'>) {
    this.found = parts.found
    this.ended = parts.ended
    this.#follower = follower
    this.#over = this.#read()
  }

  static async open(
    log: EventLog,
    topics: FollowOptions['topics'],
    begin: FollowOptions['begin'] = atBeginning,
  ): Promise<Following> {
    const parts: Pick<Following, 'found' | 'ended'> = { found: [], ended: [] }
    const follower = await log.follow({
      topics,
      discoveryMs: 100,
      begin: (found) => {
        parts.found.push(found)
        return begin(found)
      },
      end: (partition) => parts.ended.push(partition),
    })
    return new Following(follower, parts)
  }

  async #read(): Promise<void> {
    for (let batch = await this.#follower.next(); batch !== null; batch = await this.#follower.next()) {
      expect(batch.records.every(({ offset: at }) => at >= batch.first && at < batch.next)).toBe(true)
      this.records.push(...batch.records)
    }
  }

  async has(...texts: string[]): Promise<void> {
    await until(() => this.records.length >= texts.length)
    expect(textsOf(this.records)).toEqual(texts)
  }

  async close(): Promise<void> {
    await this.#follower.close()
    await this.#over
  }
}

/** What every event log does when it is followed. */
export function describeLogFollower(adapter: AdapterUnderTest): void {
  describe.skipIf(adapter.skipped !== undefined)(`following the log on ${adapter.name}`, () => {
    let fixture: EventLogFixture
    let log: EventLog
    let prefix: string
    let topic: string
    const opened: { close(): Promise<void> }[] = []

    const open = async (options?: { readonly partitions?: number }): Promise<EventLog> => {
      const client = await fixture.open(options)
      opened.unshift(client)
      return client
    }
    const follow = async (...args: Parameters<typeof Following.open>): Promise<Following> => {
      const following = await Following.open(...args)
      opened.unshift(following)
      return following
    }
    const append = (...texts: string[]) => log.append(texts.map((text) => request(topic, 'key', text)))

    beforeAll(async () => {
      fixture = await adapter.create()
    })
    afterAll(() => fixture?.dispose())
    beforeEach(async () => {
      prefix = randomPrefix()
      topic = `${prefix}a`
      log = await open()
    })
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.close()
    })

    test('begins where it is told, and gives what is there and what comes, of any client', async () => {
      await append('1', '2', '3')
      const whole = await follow(log, { topicPrefix: prefix })
      const late = await follow(await open(), { topicPrefix: prefix }, ({ earliest }) => offset(earliest + 2n))
      const latest = await follow(log, { topicPrefix: prefix }, atEnd)
      await append('4')
      await (await open()).append([request(topic, 'key', '5')])
      await whole.has('1', '2', '3', '4', '5')
      await late.has('3', '4', '5')
      await latest.has('4', '5')
      expect(latest.found).toMatchObject([{ topic, partition: 0, earliest: 0n, next: 3n }])
      expect(new Set([whole, late].map(({ found }) => found[0]?.topicId))).toEqual(new Set([latest.found[0]?.topicId]))
    })

    test('keeps the order of each partition', async () => {
      const wide = await open({ partitions: 4 })
      const following = await follow(log, { topicPrefix: prefix })
      for (let turn = 0; turn < 20; turn++) {
        await wide.append(
          Array.from({ length: 10 }, (_, index) => request(`${prefix}b`, `key-${index}`, `${turn} ${index}`)),
        )
      }
      await until(() => following.records.length >= 200)
      for (const partition of [0, 1, 2, 3]) {
        const offsets = following.records.filter((each) => each.partition === partition).map((each) => each.offset)
        expect(offsets).toEqual(offsets.map((_, index) => offset(index)))
      }
    })

    test('follows topics that are created later: all with the prefix, or the one that is named', async () => {
      const all = await follow(log, { topicPrefix: prefix }, atEnd)
      const one = await follow(log, { topic })
      await log.append([request(`${topic}-longer`, 'key', 'other')])
      await until(() => all.found.length > 0)
      await append('1')
      await one.has('1')
      await until(() => all.found.length === 2)
      expect(one.found).toMatchObject([{ topic }])
    })

    test('waits without a topic, and lets go of who waits when it is closed, by itself or with the log', async () => {
      const follower = await log.follow({ topics: { topic }, discoveryMs: 100, begin: atEnd, end: () => {} })
      const waiting = follower.next()
      await follower.close()
      expect(await waiting).toBeNull()
      expect(await follower.next()).toBeNull()

      const another = await open()
      await append('1')
      const orphan = await another.follow({ topics: { topic }, discoveryMs: 100, begin: atEnd, end: () => {} })
      const left = orphan.next()
      await another.close()
      expect(await left).toBeNull()
    })

    test('tells that a topic is gone, and begins with the one that is made anew', async () => {
      await append('old 1', 'old 2')
      const following = await follow(log, { topicPrefix: prefix })
      await following.has('old 1', 'old 2')
      await log.deleteTopics([topic])
      await until(() => following.ended.length > 0)
      expect(following.ended).toEqual([{ topic, partition: 0 }])
      const fresh = await open()
      await until(() =>
        fresh.append([request(topic, 'key', 'new')]).then(
          () => true,
          () => false,
        ),
      )
      await following.has('old 1', 'old 2', 'new')
      const [before, after] = following.found
      expect(after).toMatchObject({ topic, earliest: 0n })
      expect(after?.topicId).not.toBe(before?.topicId)
    })

    test('passes on what begin throws, at once or while it waits', async () => {
      await append('1')
      const fault = { code: 'InvalidQuery', message: 'not here' }
      const refuse = (): Offset => {
        throw new ExperienceError('InvalidQuery', 'not here')
      }
      await expect(follow(log, { topic }, refuse)).rejects.toMatchObject(fault)
      const follower = await log.follow({
        topics: { topic: `${prefix}b` },
        discoveryMs: 100,
        begin: refuse,
        end: () => {},
      })
      const refused = expect(follower.next()).rejects.toMatchObject(fault)
      await log.append([request(`${prefix}b`, 'key', '1')])
      await refused
      await follower.close()
    })

    test('gives of an atomic append all or nothing, and goes on behind it', async () => {
      const following = await follow(log, { topicPrefix: prefix })
      await log.append(
        ['a', 'b'].flatMap((name) => [
          request(`${prefix}${name}`, 'key', '1'),
          request(`${prefix}${name}`, 'key', '2'),
        ]),
        { atomic: true },
      )
      await until(() => following.records.length === 4)
      await append('3')
      await until(() => following.records.length === 5)
      expect(following.records.filter((each) => each.topic === topic).map(textOf)).toEqual(['1', '2', '3'])
    })

    test('finds the place of a time', async () => {
      const at = (timestamp: number) => ({ topic, record: { ...request(topic, 'key').record, timestamp } })
      await log.append([1000, 2000, 2000, 5000].map(at))
      const places = async (time: number) =>
        (await log.offsetsAt([topic, `${prefix}none`], time)).map((each) => each.offset)
      for (const before of [-86_400_000, -3, -2, -1, 0]) expect(await places(before), `${before}`).toEqual([0n])
      expect(await places(1001)).toEqual([1n])
      expect(await places(2000)).toEqual([1n])
      expect(await places(2001)).toEqual([3n])
      expect(await places(5001)).toEqual([4n])
      expect(await log.offsetsAt([`${prefix}none`], 0)).toEqual([])
    })
  })
}
