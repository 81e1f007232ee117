import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LiveLog, type LiveQuery } from '../../../consumers/live/live-log.ts'
import type { LiveReader } from '../../../consumers/live/live-reader.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { kafka, lmdb, settingsOf } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench } from './http-bench.ts'

const bench = new HttpBench()
const COUNT = 10_000
const EVENT_BYTES = 600

for (const place of [lmdb, kafka()]) {
  describe.skipIf(place.skipped !== undefined)(`a reader that is far behind, on ${place.name}`, () => {
    let log: OpenLog
    let live: LiveLog
    let readings: number

    beforeEach(async () => {
      const environment = bench.newEnvironment(place)
      const events = Array.from({ length: COUNT }, (_, i) => outcome({ tenant_id: 'acme', event_id: `e${i}` }))
      await appendEvents(environment, events)
      log = await openLog(settingsOf(environment))
      readings = 0
      const counted = countingReadings(log.log, () => readings++)
      live = new LiveLog({ ...log, log: counted, discoveryMs: 1000, failed: () => undefined })
    })
    afterEach(async () => {
      await live.close()
      await log.close()
    })
    const open = (bufferBytes: number): Promise<LiveReader> => {
      const query: Omit<LiveQuery, 'bufferBytes'> = {
        tenant: 'acme',
        isHidden: false,
        wants: () => true,
        from: 'beginning',
      }
      return live.open({ ...query, bufferBytes })
    }

    test('lets others have their turn', async () => {
      const reader = await open(1 << 30)
      const turns = { count: 0, isOver: false }
      const counting = (async () => {
        for (; !turns.isOver; turns.count++) await setImmediate()
      })()
      expect((await idsOf(reader)).length).toBe(COUNT)
      turns.isOver = true
      await counting
      // It works for a tenth of a second at least, however fast the machine is.
      expect(turns.count).toBeGreaterThan(5)
      live.leave(reader)
    })

    test('goes on reading while what it has read is taken', async () => {
      const reader = await open(64 << 10)
      expect(await idsOf(reader)).toEqual(Array.from({ length: COUNT }, (_, i) => `e${i}`))
      // Each begins with several requests, and throws away what was fetched ahead where it is left early.
      expect(readings).toBeLessThan((COUNT * EVENT_BYTES) / (64 << 10) / 2)
      live.leave(reader)
    })

    test('and takes no more keeps nobody else from reading', async () => {
      const stuck = await Promise.all(Array.from({ length: 20 }, () => open(64 << 10)))
      for (const reader of stuck) void reader.next(10_000)
      const reader = await open(64 << 10)
      expect((await idsOf(reader)).length).toBe(COUNT)
      for (const each of [...stuck, reader]) live.leave(each)
    })
  })
}

/** The ids of all events in the order in which they come. */
async function idsOf(reader: LiveReader): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < COUNT) {
    const item = await reader.next(10_000)
    if (typeof item === 'string') throw new Error(`${item} after ${ids.length} events`)
    if (item.content.type === 'event') ids.push(item.content.envelope.event_id)
  }
  return ids
}

/** The log, with its readings counted. */
function countingReadings(log: EventLog, count: () => void): EventLog {
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'read') count()
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as () => void).bind(target) : value
    },
  })
}
