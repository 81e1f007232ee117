import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boundedPages } from '../../../queries/bounded-pages.ts'
import { eventStatement } from '../../../queries/events.ts'
import type { QueryContext } from '../../../queries/query-context.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'

/** Small ones, and then some of nearly a MB each. */
const SIZES = [...Array.from({ length: 300 }, () => 1), ...Array.from({ length: 40 }, () => 900_000)]

describe('pages of events', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    const events = SIZES.map((size, n) => outcome(`evt-${n}`, { metadata: { text: 'x'.repeat(size) } }))
    await migrated.insert(events.map((event) => loggedEvent(event)))
  })
  afterAll(() => migrated.dispose())

  const pages = async (rows: number, limit: bigint | null): Promise<string[][]> => {
    const context: QueryContext = { store: migrated.store, prefix: null }
    const query = EventQuery.parse({ tenant_id: 'acme' })
    const all = boundedPages(
      context,
      (columns, after, most) => eventStatement(context, { ...query, after, limit: most }, columns),
      { after: null, limit, rows },
    )
    const ids: string[][] = []
    for await (const page of all) ids.push(page.map(({ envelope }) => envelope.event_id))
    return ids
  }

  test.each([
    [5000, null, 340],
    [200, null, 340],
    [100, null, 340],
    [5000, 320n, 320],
    [5000, 0n, 0],
  ])('of %i rows hold all events, each once, and only some MB', async (rows, limit, count) => {
    const found = await pages(rows, limit)
    expect(found.flat()).toEqual(SIZES.slice(0, count).map((_, n) => `evt-${n}`))
    for (const page of found) {
      const bytes = page.reduce((sum, id) => sum + SIZES[Number(id.slice(4))]!, 0)
      if (rows > 100) expect(bytes).toBeLessThan(17_000_000)
    }
  })
})
