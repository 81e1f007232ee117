import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SubscriptionItem } from '../../consumers/subscription/items.ts'
import type { Subscription, SubscribeOptions } from '../../consumers/subscription/subscription.ts'
import { ExperienceProducer } from '../../service/producer/experience-producer.ts'
import { ExperienceSubscriber } from '../../service/subscriber/experience-subscriber.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import {
  kafka,
  lmdb,
  servicePlace,
  settingsOf,
  type Environment,
  type ServicePlace,
} from '../integration/service-place.ts'
import { budgetExceeded, outcome, uniqueId } from '../integration/test-events.ts'

let place: ServicePlace
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(() => place.dispose())

function idOf(item: SubscriptionItem): string {
  return item.type === 'event' ? item.envelope.event_id : item.type
}

/** The next items. */
async function take(subscription: AsyncIterable<SubscriptionItem>, count: number): Promise<SubscriptionItem[]> {
  const items: SubscriptionItem[] = []
  for await (const item of subscription) {
    items.push(item)
    if (items.length === count) break
  }
  return items
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`subscribing on ${log.name}`, () => {
    let environment: Environment
    let producer: ExperienceProducer
    let subscriber: ExperienceSubscriber
    let tenant: string
    beforeEach(async () => {
      environment = place.newEnvironment(log)
      producer = await ExperienceProducer.open(settingsOf(environment))
      subscriber = await ExperienceSubscriber.open(settingsOf(environment))
      tenant = uniqueId('tenant')
    })
    afterEach(async () => {
      await subscriber.close()
      await producer.close()
    })
    const append = async (...ids: string[]): Promise<void> => {
      for (const event_id of ids) await producer.append(outcome({ tenant_id: tenant, event_id }))
    }
    const subscribe = (options: SubscribeOptions = {}): Promise<Subscription> => subscriber.subscribe(options)

    test('gives what is appended from now on, or from the beginning, or from an instant on', async () => {
      await append('a')
      await new Promise((resolve) => setTimeout(resolve, 5))
      const instant = new Date().toISOString()
      await append('b')
      const now = await subscribe({ tenant })
      await append('c')
      expect((await take(now, 1)).map(idOf)).toEqual(['c'])
      expect((await take(await subscribe({ tenant, from: 'beginning' }), 3)).map(idOf)).toEqual(['a', 'b', 'c'])
      expect((await take(await subscribe({ from: { instant } }), 2)).map(idOf)).toEqual(['b', 'c'])
    })

    test('goes on exactly where it stopped, over many restarts, with tenants that came meanwhile', async () => {
      const tenants = Array.from({ length: 12 }, () => uniqueId('tenant'))
      const appended: string[] = []
      let first = await subscribe()
      let after = first.token
      await first.close()
      const received: string[] = []
      for (let turn = 0; turn < 6; turn++) {
        for (const [index, tenant_id] of tenants.slice(0, 2 * (turn + 1)).entries()) {
          const event_id = `${turn}-${index}`
          await producer.append(outcome({ tenant_id, event_id }))
          appended.push(event_id)
        }
        first = await subscribe({ from: { after } })
        // Stops amid what is there, and leaves the last of it to the next turn.
        const count = appended.length - received.length - (turn < 5 ? 1 : 0)
        const items = await take(first, count)
        received.push(...items.map(idOf))
        after = items.at(-1)?.token ?? after
      }
      expect(received.toSorted()).toEqual(appended.toSorted())
    })

    test('passes over other kinds, and its token with them', async () => {
      const events = await subscribe({ tenant, kinds: ['BudgetExceeded'] })
      await append('a', 'b')
      await producer.append(budgetExceeded({ tenant_id: tenant, event_id: 'wanted' }))
      const [item] = await take(events, 1)
      expect(item).toMatchObject({ type: 'event', position: { offset: 2n } })
      await append('c')
      expect((await take(await subscribe({ from: { after: item!.token } }), 1)).map(idOf)).toEqual(['c'])
    })

    test('tells of records that are no events, and goes on', async () => {
      const open = await openLog(settingsOf(environment))
      await append('a')
      const record = { key: 'k', value: Buffer.from('rubbish'), headers: {}, timestamp: Date.now() }
      await open.log.append([{ topic: open.topics.topic('events', tenant), record }])
      await append('b')
      const events = await subscribe({ tenant, from: 'beginning' })
      const items = await take(events, 3)
      expect(items).toMatchObject([{ type: 'event' }, { type: 'bad-record', reason: 'NotFramed' }, { type: 'event' }])
      expect(events.badRecords).toBe(1n)
      await open.close()
    })

    test('says that a topic was made anew, and refuses tokens that do not fit', async () => {
      await append('a', 'b')
      const [, last] = await take(await subscribe({ tenant, from: 'beginning' }), 2)
      const after = last!.token
      const other = uniqueId('tenant')
      for (const from of [{ after: 'nonsense' }, { after: '' }]) {
        await expect(subscribe({ from })).rejects.toMatchObject({ code: 'InvalidQuery', field: 'from.after' })
      }
      await expect(subscribe({ tenant: other, from: { after } })).rejects.toMatchObject({ field: 'from.after' })
      await expect(subscribe({ from: { instant: 'soon' } })).rejects.toMatchObject({ code: 'InvalidQuery' })
      await expect(subscribe({ tenant: 'no spaces' })).rejects.toMatchObject({ field: 'tenant' })
      const open = await openLog(settingsOf(environment))
      const topic = open.topics.topic('events', tenant)
      await open.log.deleteTopics([topic])
      await open.close()
      const [gone] = await take(await subscribe({ tenant, from: { after } }), 1)
      expect(gone).toMatchObject({ type: 'lost', because: 'deleted', topic, first: 2n, records: null })
    })

    test('reads no faster than it is iterated, and lets go when it is aborted, closed or left', async () => {
      const controller = new AbortController()
      const aborted = await subscribe({ tenant, signal: controller.signal })
      const waiting = take(aborted, 1)
      controller.abort()
      expect(await waiting).toEqual([])
      await append(...Array.from({ length: 50 }, (_, index) => `evt-${index}`))
      const slow = await subscribe({ tenant, from: 'beginning' })
      const seen: string[] = []
      for await (const item of slow) {
        seen.push(idOf(item))
        if (seen.length === 20) await slow.close()
      }
      expect(seen).toHaveLength(20)
      expect((await take(await subscribe({ tenant, from: { after: slow.token } }), 1)).map(idOf)).toEqual(['evt-20'])
    })

    test('is iterated once, and left while it waits or before it began', async () => {
      const left = (await subscribe({ tenant }))[Symbol.asyncIterator]()
      const waiting = left.next()
      expect(await left.return?.()).toMatchObject({ done: true })
      expect(await waiting).toMatchObject({ done: true })
      const unread = await subscribe({ tenant, from: 'beginning' })
      expect(() => [unread[Symbol.asyncIterator](), unread[Symbol.asyncIterator]()]).toThrow(TypeError)
      const early = (await subscribe({ tenant, from: 'beginning' }))[Symbol.asyncIterator]()
      expect(await early.return?.()).toMatchObject({ done: true })
      expect(await early.next()).toMatchObject({ done: true })
      await subscriber.close()
      await expect(subscribe({ tenant })).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
    })
  })
}
