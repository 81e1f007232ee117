import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { openHttpReadModelStore } from '../../../projections/clickhouse/http-read-model-store.ts'
import { int32 } from '../../../projections/columns/column-types.ts'
import { column, columnDefinitions } from '../../../projections/columns/table-columns.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import { OutcomeQuery, outcomeAnalytics } from '../../../queries/outcomes.ts'
import { queryEvents } from '../../../queries/events.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { summariseEvents } from '../../../queries/event-summary.ts'
import type { Service } from '../../../service/wiring/service.ts'
import {
  ask,
  randomName,
  startClickHouse,
  type ClickHouseFixture,
} from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { lmdb, type Environment } from '../service-place.ts'
import { startProfileProxy, type ProfileProxy } from './profile-proxy.ts'

/** Each changed an answer, or had a statement refused, before settings were sent. */
const PROFILES: Readonly<Record<string, string>>[] = [
  { aggregate_functions_null_for_empty: '1' },
  { allow_experimental_analyzer: '0' },
  { compatibility: '22.3' },
  { additional_result_filter: '1 = 2' },
  { limit: '3' },
  { offset: '1' },
  { output_format_json_array_of_rows: '1' },
  { output_format_json_quote_denormals: '1' },
  { force_primary_key: '1' },
  { force_optimize_projection: '1' },
  { force_optimize_projection_name: 'x' },
  { force_aggregation_in_order: '1' },
  { use_query_cache: '1' },
  { inject_random_order_for_select_without_order_by: '1' },
  { function_date_trunc_return_type_behavior: '1' },
  { dialect: 'prql' },
]

describe('a user whose settings profile is not the usual', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture
  let proxy: ProfileProxy
  let environment: Environment
  let usual: unknown

  beforeAll(async () => {
    clickhouse = await startClickHouse()
    proxy = await startProfileProxy(clickhouse.url)
    environment = { ...bench.newEnvironment(lmdb), CLICKHOUSE_URL: proxy.url }
    const service = await bench.open(environment)
    await append(service, [...simulateFleet({ seed: 3, events: 100 })])
    const projecting = service.project()
    await service.catchUp()
    await service.stopProjecting()
    await projecting
    usual = await answers(service)
  })
  afterAll(async () => {
    await proxy.close()
    await clickhouse.stop()
  })

  const answers = async (service: Service): Promise<unknown> => {
    const events = await queryEvents(service.queries, EventQuery.parse({ kinds: [] }))
    return {
      events: events.map(({ json }) => json),
      outcomes: await outcomeAnalytics(service.queries, OutcomeQuery.parse({ bucket: 'day', by: ['backend'] })),
      summary: await summariseEvents(service.queries, null),
      verified: await service.verify(),
    }
  }

  test.each(PROFILES)('%o gets the same answers', async (profile) => {
    proxy.profile = profile
    const service = await bench.open(environment)
    expect(await answers(service)).toEqual(usual)
  })

  test.each([{ data_type_default_nullable: '1' }, { aggregate_functions_null_for_empty: '1' }])(
    '%o makes the same tables',
    async (profile) => {
      const tables = async (settings: Readonly<Record<string, string>>): Promise<string> => {
        proxy.profile = settings
        const database = randomName()
        await bench.open({ ...bench.newEnvironment(lmdb), CLICKHOUSE_URL: proxy.url, CLICKHOUSE_DATABASE: database })
        const sql = `SELECT name, type FROM system.columns WHERE database = '${database}' AND table != 'schema_migrations'`
        const columns = await ask(clickhouse.url, `${sql} ORDER BY ALL FORMAT TSV`)
        const made = await ask(
          clickhouse.url,
          `SELECT create_table_query FROM system.tables WHERE database = '${database}'`,
        )
        return `${columns}\n${made}`.replaceAll(/\b[0-9a-f]{12}\b|_[0-9a-f]{12}/g, '').replaceAll(database, '')
      }
      expect((await tables(profile)).split('\n').toSorted()).toEqual((await tables({})).split('\n').toSorted())
    },
  )

  test('that turns deduplication off does not get rows twice', async () => {
    const database = randomName()
    const store = openHttpReadModelStore({ url: `${proxy.url}/${database}` })
    proxy.profile = { deduplicate_insert: 'disable', insert_deduplicate: '0', async_insert: '1' }
    const columns = { id: column(int32, 'Id') }
    await store.command({ sql: `CREATE DATABASE ${database}` })
    await store.command({
      sql: `CREATE TABLE ${database}.t (${columnDefinitions(columns)}) ENGINE = MergeTree ORDER BY id
        SETTINGS non_replicated_deduplication_window = 100`,
    })
    const block = { ...blockOf(columns, [{ id: 1 }]), table: 't', deduplicationToken: 'x' }
    await store.insert(block)
    await store.insert(block)
    expect(await store.query({ sql: `SELECT id FROM ${database}.t` })).toEqual([{ id: 1 }])
    await store.close()
  })

  test('is told at the start which setting cannot be sent, and what to change', async () => {
    // What SET says stays in a session, as what a profile says; the engine then refuses other values.
    const values = "output_format_json_quote_64bit_integers = 1, max_query_size = '67108864', join_use_nulls = 1"
    await ask(clickhouse.url, `SET ${values}`, { session_id: 'frozen' })
    await ask(clickhouse.url, 'SET readonly = 1', { session_id: 'frozen' })
    proxy.profile = { session_id: 'frozen' }
    await expect(bench.open(environment)).rejects.toMatchObject({
      code: 'InvalidSettings',
      field: 'CLICKHOUSE_URL',
      message: expect.stringMatching(
        /does not let this user set join_use_nulls = '0' \(READONLY, code 164\).*settings profile that has this value/,
      ) as string,
    })
  })
})
