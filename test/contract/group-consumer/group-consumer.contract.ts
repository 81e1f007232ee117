import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { Postponed, type PartitionClaim } from '../../../log/group-consumer.ts'
import {
  randomGroup,
  randomPrefix,
  request,
  textOf,
  textsOf,
  type AdapterUnderTest,
  type EventLogFixture,
} from '../event-log/event-log-fixture.ts'
import { gate, RecordingConsumer, until } from './group-consumer-fixture.ts'

/** What every event log's consumer groups do. */
export function describeGroupConsumer(adapter: AdapterUnderTest): void {
  describe.skipIf(adapter.skipped !== undefined)(`consumer group on ${adapter.name}`, () => {
    let fixture: EventLogFixture
    let log: EventLog
    let prefix: string
    let topic: string
    let group: string
    const opened: EventLog[] = []

    const open = async (options?: { readonly partitions?: number }): Promise<EventLog> => {
      const client = await fixture.open(options)
      opened.push(client)
      return client
    }
    const appendTexts = async (texts: readonly string[], to = topic): Promise<void> => {
      await log.append(texts.map((text) => request(to, text, text)))
    }

    beforeAll(async () => {
      fixture = await adapter.create()
    })
    afterAll(() => fixture?.dispose())
    beforeEach(async () => {
      prefix = randomPrefix()
      topic = `${prefix}a`
      group = randomGroup()
      log = await open()
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((client) => client.close()))
    })

    test('begins at the earliest record, and leaves no gap between batches', async () => {
      await appendTexts(['1', '2', '3'])
      const consumer = new RecordingConsumer(log, group, prefix)
      await consumer.has(3)
      await appendTexts(['4', '5'])
      await consumer.has(5)
      await consumer.stop()
      expect(consumer.texts).toEqual(['1', '2', '3', '4', '5'])
      expect(consumer.batches[0]?.first).toBe(0n)
      for (const [index, { first }] of consumer.batches.entries()) {
        if (index > 0) expect(first).toBe(consumer.batches[index - 1]?.next)
      }
      expect(consumer.claims[0]).toMatchObject({ topic, partition: 0, committed: null })
      expect(consumer.outcomes.every((outcome) => outcome === 'committed')).toBe(true)
    })

    test('goes on where the group has committed, and keeps the text beside it', async () => {
      await appendTexts(['1', '2'])
      const first = new RecordingConsumer(log, group, prefix)
      await first.has(2)
      await first.stop()
      const committed = { topic, partition: 0, offset: offset(2), metadata: 'up to 2' }
      expect(await log.committed(group, [topic, `${prefix}missing`])).toEqual([committed])
      expect(await log.committed(randomGroup(), [topic])).toEqual([])

      await appendTexts(['3'])
      const second = new RecordingConsumer(await open(), group, prefix)
      await second.has(1)
      await second.stop()
      expect(second.texts).toEqual(['3'])
      expect(second.claims[0]?.committed).toEqual(committed)
    })

    test('delivers from the last commit again when there was none after it', async () => {
      await appendTexts(['1', '2'])
      const first = new RecordingConsumer(log, group, prefix, { commits: false })
      await first.has(2)
      await first.stop()
      const second = new RecordingConsumer(log, group, prefix)
      await second.has(2)
      await second.stop()
      expect(second.texts).toEqual(['1', '2'])
    })

    test('delivers the same range again after a rejection', async () => {
      const attempts: string[] = []
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: async ({ first, next, records }) => {
          attempts.push(`${first}-${next}: ${textsOf(records).join(' ')}`)
          if (attempts.length < 3) throw new Error('not yet')
        },
      })
      await appendTexts(['1', '2'])
      await consumer.has(2)
      await consumer.stop()
      expect(attempts).toEqual(['0-2: 1 2', '0-2: 1 2', '0-2: 1 2'])
      expect(consumer.texts).toEqual(['1', '2'])
    })

    test('delivers a range that is postponed again when that is over, and not before', async () => {
      const attempts: string[] = []
      const over = { value: false, asked: 0 }
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: async ({ topic: from, first, next, records }) => {
          if (from !== topic) return
          attempts.push(`${first}-${next}: ${textsOf(records).join(' ')}`)
          if (over.value) return
          throw new Postponed(async () => {
            over.asked++
            if (over.asked === 1) throw new Error('cannot say')
            return over.value
          })
        },
      })
      await appendTexts(['1', '2'])
      await until(() => over.asked > 2)
      await appendTexts(['3'])
      await appendTexts(['4'], `${prefix}b`)
      await consumer.has(1)
      expect(attempts).toEqual(['0-2: 1 2'])
      over.value = true
      await consumer.has(4)
      await consumer.stop()
      expect(attempts).toEqual(['0-2: 1 2', '0-2: 1 2', '2-3: 3'])
    })

    test('delivers other partitions soon while more fail than it handles at a time', async () => {
      const failing = Array.from({ length: 10 }, (_, index) => `${prefix}failing-${index}`)
      for (const each of failing) await appendTexts(['1', '2'], each)
      const attempts = new Map<string, string[]>(failing.map((each) => [each, []]))
      let mended = false
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: async ({ topic: from, first, next, records }) => {
          if (mended || !failing.includes(from)) return
          attempts.get(from)?.push(`${first}-${next}: ${textsOf(records).join(' ')}`)
          throw new Error('not yet')
        },
      })
      const others = ['1', '2', '3', '4', '5'].map((text) => `other ${text}`)
      await appendTexts(others.slice(0, 1))
      await consumer.has(1)
      await until(() => [...attempts.values()].every((each) => each.length >= 4))
      for (const [index, text] of others.slice(1).entries()) {
        const startedAt = performance.now()
        await Promise.all([appendTexts([text]), consumer.has(index + 2)])
        expect(performance.now() - startedAt).toBeLessThan(60_000)
      }
      // What comes meanwhile is no part of the range that failed.
      for (const each of failing) await appendTexts(['3'], each)
      await until(() => [...attempts.values()].every((each) => each.length >= 6))
      mended = true
      await consumer.has(others.length + 3 * failing.length)
      await consumer.stop()
      for (const each of failing) {
        expect(new Set(attempts.get(each))).toHaveLength(1)
        expect(attempts.get(each)?.[0]).toBe(`0-2: 1 2`)
        const ranges = consumer.batches.filter((batch) => batch.topic === each)
        expect(ranges.map(({ first, next }) => `${first}-${next}`)).toEqual(['0-2', '2-3'])
      }
    })

    test('stops while a handler keeps rejecting', async () => {
      await appendTexts(['1'])
      let attempts = 0
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: async () => {
          attempts++
          throw new Error('never')
        },
      })
      await until(() => attempts > 1)
      await consumer.stop()
      expect(await log.committed(group, [topic])).toEqual([])
    })

    test('waits at a stop for the batch under way, whose commit still counts', async () => {
      await appendTexts(['1'])
      const started = gate()
      const goOn = gate()
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: () => {
          started.open()
          return goOn.opened
        },
      })
      await started.opened
      let stopped = false
      const stopping = consumer.stop().then(() => {
        stopped = true
      })
      await appendTexts(['2'])
      expect(stopped).toBe(false)
      goOn.open()
      await stopping
      expect(consumer.texts).toEqual(['1'])
      expect(consumer.outcomes).toEqual(['committed'])
    })

    test('loses nothing and delivers nothing twice while members come and go', async () => {
      log = await open({ partitions: 4 })
      const texts = Array.from({ length: 600 }, (_, index) => `record ${index}`)
      const handled: string[] = []
      const member = async () =>
        new RecordingConsumer(await open(), group, prefix, {
          before: async (batch) => void handled.push(...textsOf(batch.records)),
        })
      const appending = (async () => {
        for (const text of texts) await appendTexts([text])
      })()
      const first = await member()
      await first.has(1)
      const second = await member()
      await until(() => handled.length > 200)
      await first.stop()
      await appending
      const third = await member()
      await until(() => handled.length >= texts.length)
      await Promise.all([second.stop(), third.stop()])
      expect(handled.toSorted()).toEqual(texts.toSorted())
    })

    test('gives no partition to another member while a batch of it is handled', async () => {
      await appendTexts(['1'])
      const started = gate()
      const goOn = gate()
      const first = new RecordingConsumer(log, group, prefix, {
        before: () => {
          started.open()
          return goOn.opened
        },
      })
      await started.opened
      const second = new RecordingConsumer(await open(), group, prefix)
      const stopping = first.stop()
      // Long enough for a rebalance that did not wait.
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(second.batches).toEqual([])
      goOn.open()
      await stopping
      await appendTexts(['2'])
      await second.has(1)
      await second.stop()
      expect(first.texts).toEqual(['1'])
      expect(second.texts).toEqual(['2'])
    })

    test('fences the commits of a claim that has ended', async () => {
      await appendTexts(['1', '2'])
      const first = new RecordingConsumer(log, group, prefix)
      await first.has(2)
      await first.stop()
      const stale = first.claims[0] as PartitionClaim
      expect(await stale.commit(offset(1), 'stale')).toBe('fenced')

      const second = new RecordingConsumer(await open(), group, prefix)
      await appendTexts(['3'])
      await second.has(1)
      expect(await stale.commit(offset(1), 'stale')).toBe('fenced')
      await second.stop()
      expect(await log.committed(group, [topic])).toEqual([
        { topic, partition: 0, offset: offset(3), metadata: 'up to 3' },
      ])
    })

    test('waits for the first topic, and finds those created later', async () => {
      const consumer = new RecordingConsumer(log, group, prefix)
      await appendTexts(['1'])
      await consumer.has(1)
      await appendTexts(['2'], `${prefix}b`)
      await appendTexts(['3'], `${prefix}c`)
      await appendTexts(['other'], `${randomPrefix()}a`)
      await consumer.has(3)
      await appendTexts(['4'])
      await consumer.has(4)
      await consumer.stop()
      expect(consumer.texts.toSorted()).toEqual(['1', '2', '3', '4'])
      expect(consumer.batches.map((each) => each.topic).toSorted()).toEqual(
        [topic, topic, `${prefix}b`, `${prefix}c`].toSorted(),
      )
    })

    test('hands a full batch over without waiting for more, and a small one when it has waited', async () => {
      const patient = new RecordingConsumer(log, group, prefix, { lingerMs: 60_000, batchBytes: 50_000 })
      await appendTexts(Array.from({ length: 20 }, (_, index) => `${index} `.padEnd(10_000, 'x')))
      await patient.has(15)
      await patient.stop()

      const hasty = new RecordingConsumer(log, group, prefix, { lingerMs: 300 })
      for (let index = 0; index < 10; index++) await appendTexts([`small ${index}`])
      await hasty.has(10)
      await hasty.stop()
      expect(hasty.batches.length).toBeLessThan(10)
    })

    test('keeps groups apart', async () => {
      await appendTexts(['1'])
      const consumers = [randomGroup(), randomGroup()].map((each) => new RecordingConsumer(log, each, prefix))
      for (const consumer of consumers) {
        await consumer.has(1)
        await consumer.stop()
        expect(consumer.texts).toEqual(['1'])
      }
    })

    test('keeps metadata of a few thousand bytes', async () => {
      await appendTexts(['1'])
      const metadata = 'é'.repeat(1500)
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: async (batch, claim) => void (await claim.commit(batch.first, metadata)),
        commits: false,
      })
      await consumer.has(1)
      await consumer.stop()
      expect(await log.committed(group, [topic])).toEqual([{ topic, partition: 0, offset: offset(0), metadata }])
      expect(textOf(consumer.batches[0]!.records[0]!)).toBe('1')
    })

    test('lets go of a topic that is deleted, and reads the one made anew from its beginning', async () => {
      await appendTexts(['1', '2'])
      await appendTexts(['other 1'], `${prefix}b`)
      const consumer = new RecordingConsumer(log, group, prefix)
      await consumer.has(3)
      await log.deleteTopics([topic])
      await appendTexts(['new 1'])
      await appendTexts(['other 2'], `${prefix}b`)
      await consumer.has(5)
      await consumer.stop()
      const ours = consumer.batches.filter((batch) => batch.topic === topic)
      expect(ours.flatMap(({ records }) => textsOf(records))).toEqual(['1', '2', 'new 1'])
      expect(ours.at(-1)?.first).toBe(0n)
      const claim = consumer.claims.findLast((each) => each.topic === topic)
      expect(claim?.committed).toBe(null)
      const committed = { topic, partition: 0, offset: offset(1), metadata: 'up to 1' }
      expect(await log.committed(group, [topic])).toEqual([committed])
    })

    test('counts nothing that is committed for a topic which was deleted meanwhile', async () => {
      await appendTexts(['1', '2'])
      const started = gate()
      const goOn = gate()
      const consumer = new RecordingConsumer(log, group, prefix, {
        before: () => {
          started.open()
          return goOn.opened
        },
      })
      await started.opened
      await log.deleteTopics([topic])
      goOn.open()
      await consumer.stop()
      expect(consumer.outcomes).not.toContain('committed')
      await appendTexts(['new'])
      expect(await log.committed(group, [topic])).toEqual([])
      const next = new RecordingConsumer(log, group, prefix)
      await next.has(1)
      await next.stop()
      expect(next.texts).toEqual(['new'])
    })

    test('forgets what every group has committed for a topic that is deleted', async () => {
      const groups = [group, randomGroup()]
      await appendTexts(['1', '2'])
      await appendTexts(['1'], `${prefix}b`)
      for (const each of groups) {
        const consumer = new RecordingConsumer(log, each, prefix)
        await consumer.has(3)
        await consumer.stop()
      }
      await log.deleteTopics([topic])
      await appendTexts(['new'])
      for (const each of groups) {
        await until(async () => (await log.committed(each, [topic])).length === 0)
        expect(await log.committed(each, [`${prefix}b`])).toHaveLength(1)
      }
    })

    test('counts the members of a group until they have left', async () => {
      expect(await log.groupMembers(group)).toBe(0)
      await appendTexts(['1'])
      const consumer = new RecordingConsumer(log, group, prefix)
      await consumer.has(1)
      const other = await open()
      expect(await other.groupMembers(group)).toBe(1)
      expect(await other.groupMembers(randomGroup())).toBe(0)
      await consumer.stop()
      expect(await other.groupMembers(group)).toBe(0)
    })

    test('goes on where the group was started, with the text beside it', async () => {
      await appendTexts(['1', '2', '3'])
      await appendTexts(['other 1', 'other 2'], `${prefix}b`)
      const started = { topic, partition: 0, offset: offset(2), metadata: 'started' }
      await (
        await open()
      ).startGroup(group, [started, { ...started, topic: `${prefix}missing` }, { ...started, partition: 7 }])
      expect(await log.committed(group, [topic, `${prefix}b`])).toEqual([started])
      const consumer = new RecordingConsumer(log, group, prefix)
      await consumer.has(3)
      await consumer.stop()
      expect(consumer.texts.toSorted()).toEqual(['3', 'other 1', 'other 2'])
      expect(consumer.claims.find((claim) => claim.topic === topic)?.committed).toEqual(started)

      const again = { ...started, offset: offset(0), metadata: 'again' }
      await log.startGroup(group, [again])
      expect(await log.committed(group, [topic])).toEqual([again])
      expect(await log.committed(group, [`${prefix}b`])).toMatchObject([{ offset: 2n }])
    })

    test('neither starts nor deletes a group that has members', async () => {
      await appendTexts(['1', '2'])
      const consumer = new RecordingConsumer(log, group, prefix)
      await consumer.has(2)
      const committed = { topic, partition: 0, offset: offset(2), metadata: 'up to 2' }
      const other = await open()
      const refused = { code: 'StorageError', message: expect.stringContaining(group) as string }
      await Promise.all(
        [
          other.startGroup(group, [{ ...committed, offset: offset(0) }]),
          other.startGroup(group, []),
          other.deleteGroup(group),
        ].map((each) => expect(each).rejects.toMatchObject(refused)),
      )
      expect(await other.committed(group, [topic])).toEqual([committed])
      await appendTexts(['3'])
      await consumer.has(3)
      await consumer.stop()
      expect(consumer.outcomes).not.toContain('fenced')
    })

    test('forgets a group that is deleted, and begins anew under its name', async () => {
      await log.deleteGroup(group)
      await appendTexts(['1', '2'])
      const other = randomGroup()
      for (const each of [group, other]) {
        const consumer = new RecordingConsumer(log, each, prefix)
        await consumer.has(2)
        await consumer.stop()
      }
      await log.deleteGroup(group)
      expect(await log.committed(group, [topic])).toEqual([])
      expect(await log.committed(other, [topic])).toHaveLength(1)
      await log.deleteGroup(group)
      const anew = new RecordingConsumer(log, group, prefix)
      await anew.has(2)
      await anew.stop()
      expect(anew.claims[0]?.committed).toBe(null)

      const started = { topic, partition: 0, offset: offset(1), metadata: '' }
      const unread = randomGroup()
      await log.startGroup(unread, [started])
      await log.deleteGroup(unread)
      expect(await log.committed(unread, [topic])).toEqual([])
    })
  })
}
