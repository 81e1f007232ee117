import { afterAll, beforeAll, expect, test } from 'vitest'
import { NEVER } from '../../../base/waiting.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { exportLog } from '../../../operations/archive/export-log.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { exportsIndex } from '../../../operations/tenants/exports-index.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { countedCalls } from '../../counted-calls.ts'
import { lmdb, servicePlace, settingsOf, type ServicePlace } from '../service-place.ts'

const TENANTS = 5000

let place: ServicePlace
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(() => place.dispose())

test('an export of thousands of tenants is noted for all of them, and takes few readings', async () => {
  const open = await openLog(settingsOf(place.newEnvironment(lmdb)))
  try {
    const names = Array.from({ length: TENANTS }, (_, index) =>
      open.topics.topic('events', `${index}-`.padEnd(100, '-')),
    )
    // More than a record may hold.
    expect(names.join('').length).toBeGreaterThan(2 ** 20)
    const record = { key: 'key', value: Buffer.from('no event'), headers: {}, timestamp: 0 }
    await open.log.append(names.map((topic) => ({ topic, record })))
    const counted = countedCalls<EventLog>(open.log)
    const output = { name: '/an/export', write: async () => {}, commit: async () => {}, discard: async () => {} }
    const totals = await exportLog({ ...open, log: counted.of }, async () => output, {
      tenant: null,
      stopped: NEVER,
      report: () => {},
    })
    expect(totals.summary('')).toMatchObject({ topics: TENANTS, records: TENANTS })
    expect(counted.calls('read')).toBeLessThan(TENANTS / 100)
    const index = exportsIndex(await new OperationsLog(open.log, open.topics).read())
    expect(index.map(({ file, records }) => [file, records])).toEqual([['/an/export', TENANTS]])
    expect(index[0]?.topics.toSorted()).toEqual(names.toSorted())
  } finally {
    await open.close()
  }
})
