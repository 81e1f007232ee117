import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { queryArtifacts } from '../../../queries/artifacts.ts'
import { queryEvents } from '../../../queries/events.ts'
import { getTraceLink } from '../../../queries/trace-link.ts'
import { ArtifactQuery } from '../../../schemas/contract/artifact-query.ts'
import { EventQuery, type EventQueryInput } from '../../../schemas/contract/event-query.ts'
import { loggedEvent } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'
import { ExplainedStore } from './explained-store.ts'

/** Of 8192 rows. One tenant's, so that the primary key leaves all of them to the indexes. */
const GRANULES = 6
const TENANT = 'acme'

const columns = ['event_id', 'chain_id', 'correlation_id', 'proposal_id', 'trace_link_id', 'artifact_id'] as const
type Column = (typeof columns)[number]

describe('what is looked up by id', () => {
  let migrated: MigratedStore
  let ids: Record<Column, string>

  beforeAll(async () => {
    migrated = await migratedStore()
    const fleet = simulateFleet({ seed: 5, events: GRANULES * 8192, tenants: [TENANT] })
    await migrated.insert(Array.from(fleet, (envelope) => loggedEvent(envelope)))
    // Each of the event nearest to the middle that has one.
    const picked = columns.map((column) => `argMin(${column}, abs(offset - 20000)) AS picked_${column}`)
    const [row] = await migrated.store.query<Record<`picked_${Column}`, string>>({
      sql: `SELECT ${picked.join(', ')} FROM ${migrated.store.table('events')}`,
    })
    ids = Object.fromEntries(columns.map((column) => [column, row![`picked_${column}`]])) as typeof ids
  })
  afterAll(() => migrated.dispose())

  /** Expects one statement, which reads few of the granules because of the index. */
  const expectIndex = async (index: string, ask: (store: ExplainedStore) => Promise<unknown>): Promise<void> => {
    const store = new ExplainedStore(migrated.store)
    await ask(store)
    expect(store.plans).toHaveLength(1)
    const read = new RegExp(`Name: ${index}\\n[^]*?Granules: (\\d+)/`).exec(store.plans[0]!)
    expect(Number(read?.[1])).toBeGreaterThan(0)
    expect(Number(read?.[1])).toBeLessThanOrEqual(2)
  }

  const events = (query: Partial<EventQueryInput>) => async (store: ExplainedStore) => {
    const found = await queryEvents({ store, prefix: null }, EventQuery.parse({ kinds: [], ...query }))
    expect(found.length).toBeGreaterThan(0)
  }

  describe.each([TENANT, null])('of tenant %s', (tenant_id) => {
    test.each(columns)('reads what has the %s, and no more', async (column) => {
      await expectIndex(`by_${column}`, events({ tenant_id, [column]: ids[column] }))
    })

    test('reads one replay trace', async () => {
      await expectIndex('by_trace_link_id', async (store) => {
        expect(await getTraceLink({ store, prefix: null }, ids.trace_link_id, tenant_id)).not.toBeNull()
      })
    })

    test('reads one artifact', async () => {
      await expectIndex('by_artifact_id', async (store) => {
        const query = ArtifactQuery.parse({ tenant_id, artifact_id: ids.artifact_id })
        expect(await queryArtifacts({ store, prefix: null }, query)).toHaveLength(1)
      })
    })
  })

  test('reads the facts of an id', async () => {
    // Only analysts ask for it.
    const store = new ExplainedStore(migrated.store)
    const sql = `SELECT fact_id FROM ${store.table('facts')}`
    const [fact] = await store.query<{ fact_id: string }>({ sql: `${sql} ORDER BY instant LIMIT 1 OFFSET 2000` })
    await expectIndex('by_fact_id', (asked) =>
      asked.query({ sql: `${sql} WHERE fact_id = {fact:String}`, params: { fact: fact!.fact_id } }),
    )
  })

  test.each([false, true])('reads the first or last events of all tenants, descending: %s', async (descending) => {
    await expectIndex('by_instant', events({ limit: 2, descending }))
  })
})
