import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { LoggedEvent } from '../../../projections/events/event-row.ts'
import { cursorOf, placeOfCursor } from '../../../queries/event-cursor.ts'
import { queryEvents } from '../../../queries/events.ts'
import { getTraceLink } from '../../../queries/trace-link.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import type { EventQueryInput } from '../../../schemas/types/query-types.ts'
import { loggedEvent } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'
import { traceRecorded } from '../test-events.ts'

/** When a producer's clock says that it appended an event, and the event's place in its tenant's topic. */
type Appended = readonly [name: string, tenant: string, at: number, loggedAt: number, sequence: number]

/** Of `b`, whose producers' clocks disagree, and of `a`. */
const APPENDED: readonly Appended[] = [
  ['b0', 'b', 0, 2000, 7],
  ['b1', 'b', 1, 1000, 2],
  ['b2', 'b', 2, 1000, 0],
  ['a0', 'a', 0, 1000, 1],
  ['a1', 'a', 1, 3000, 0],
]

describe('order of equal instants', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    const events = APPENDED.map(([event_id, tenant_id, at, loggedAt, sequence]): LoggedEvent => {
      const topic = `experience.events.${tenant_id}`
      const event = traceRecorded('trace', event_id, { event_id, tenant_id })
      return loggedEvent(event, { topic, offset: offset(at), loggedAt, sequence })
    })
    await migrated.insert(events)
  })
  afterAll(() => migrated.dispose())

  const ask = (query: Partial<EventQueryInput>) =>
    queryEvents({ store: migrated.store, prefix: null }, EventQuery.parse({ kinds: [], ...query }))
  const idsOf = async (query: Partial<EventQueryInput>): Promise<string[]> =>
    (await ask(query)).map(({ envelope }) => envelope.event_id)

  test('is that of the log within a tenant, whatever producers’ clocks say', async () => {
    expect(await idsOf({ tenant_id: 'b' })).toEqual(['b0', 'b1', 'b2'])
    expect(await idsOf({ tenant_id: 'b', descending: true })).toEqual(['b2', 'b1', 'b0'])
  })

  test('is that of producers’ clocks and counts across tenants', async () => {
    expect(await idsOf({})).toEqual(['b2', 'a0', 'b1', 'b0', 'a1'])
    expect(await idsOf({ descending: true, limit: 2 })).toEqual(['a1', 'b0'])
  })

  test.each([{}, { tenant_id: 'b' }])('goes on behind the cursor of each event, of %j', async (query) => {
    for (const descending of [false, true]) {
      const all = await idsOf({ ...query, descending })
      for (const [place, { cursor }] of (await ask({ ...query, descending })).entries())
        expect(await idsOf({ ...query, descending, after: cursor })).toEqual(all.slice(place + 1))
    }
  })

  test('goes on behind the cursor of an earlier release where a tenant is named, and is refused elsewhere', async () => {
    const [first] = await ask({ tenant_id: 'b' })
    const after = cursorOf({ ...placeOfCursor(first!.cursor), taken: null })
    expect(await idsOf({ tenant_id: 'b', after })).toEqual(['b1', 'b2'])
    await expect(idsOf({ after })).rejects.toMatchObject({ code: 'InvalidQuery', field: 'after' })
  })

  test('decides which recording of a trace is the last: of a tenant the log’s last, of all the last of these', async () => {
    const providerOf = async (tenant: string | null): Promise<unknown> => {
      const trace = await getTraceLink({ store: migrated.store, prefix: null }, 'trace', tenant)
      return trace?.type === 'Remote' ? trace.provider_name : trace
    }
    expect(await providerOf('b')).toBe('b2')
    expect(await providerOf('a')).toBe('a1')
    expect(await providerOf(null)).toBe('a1')
  })
})
