import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteLaterCopies } from '../../../projections/events/delete-later-copies.ts'
import { EventKeys } from '../../../projections/events/event-keys.ts'
import type { LoggedEvent } from '../../../projections/events/event-row.ts'
import { storedCopies } from '../../../projections/events/stored-copies.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

/** More than one statement asks for. */
const MANY = 700

function keysOf(events: readonly LoggedEvent[]): EventKeys {
  const keys = new EventKeys(events.length)
  const { topic, partition } = events[0]!
  keys.begin({ topic, partition })
  keys.latest.tenantId = 'acme'
  for (const [row, { digest, instant, instantSource, envelope, offset }] of events.entries()) {
    keys.add(Buffer.from(digest).toString('latin1'), instant, offset)
    if (instantSource === 'log') keys.undated.set(row, envelope.event_id)
  }
  return keys
}

describe('events of one id, with and without a time that can be read', () => {
  const dated = ['2026-04-23T09:15:00Z', '2026-04-23T09:15:01Z']
  const undated = Array.from({ length: MANY }, (_, place) => `no time: ${place}`)
  const events = [...dated, ...undated].map((occurred_at) => loggedEvent(outcome('same', {}, { occurred_at })))
  const elsewhere = loggedEvent(events[0]!.envelope, { partition: 1 })
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    await migrated.insert([...events, elsewhere])
  })
  afterAll(() => migrated.dispose())

  test('are found once each', async () => {
    const { store, generation } = migrated
    const found = await storedCopies(store, generation.eventsTable, keysOf(events))
    const places = found.map(({ partition, offset }) => `${partition}/${offset}`)
    expect(places.toSorted()).toEqual(
      [...events, elsewhere].map(({ partition, offset }) => `${partition}/${offset}`).toSorted(),
    )
  })

  test('keep their first copy', async () => {
    const { store, generation } = migrated
    const keys = keysOf(events)
    await deleteLaterCopies(store, generation.eventsTable, keys, keys.all())
    const sql = `SELECT count() AS rows, uniqExact(digest) AS events, max(partition) AS last FROM ${store.table(generation.eventsTable)}`
    const count = String(events.length)
    expect(await store.query({ sql })).toEqual([{ rows: count, events: count, last: 0 }])
  })
})
