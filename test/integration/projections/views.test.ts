import { offset } from '../../../base/position.ts'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../../projections/events/event-row.ts'
import { derivedViews } from '../../../projections/views/derived-views.ts'
import { kindViews } from '../../../projections/views/kind-views.ts'
import { questionViews } from '../../../projections/views/question-views/question-views.ts'
import type { ArtifactState } from '../../../schemas/contract/artifact.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'
import { envelopeFromJson } from '../../../schemas/json/envelope-json.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

const vectors = join(import.meta.dirname, '../../conformance/vectors/public')

function at(minute: number) {
  return {
    event_id: `evt-${minute}`,
    occurred_at: `2026-04-23T09:0${minute}:00Z`,
    tenant_id: 'acme',
  }
}

function transition(minute: number, from_state: ArtifactState, to_state: ArtifactState): LoggedEvent {
  return loggedEvent({
    ...at(minute),
    event: {
      type: 'ArtifactStateTransitioned',
      data: {
        artifact_id: 'lora',
        artifact_kind: minute < 3 ? { Other: 'Corpus' } : 'Adapter',
        event: { from_state, to_state, timestamp: '', actor: 'bot', reason: `step ${minute}` },
      },
    },
  })
}

function rollback(minute: number): LoggedEvent {
  return loggedEvent({
    ...at(minute),
    event: {
      type: 'ArtifactRollbackRecorded',
      data: {
        rollback: {
          artifact_id: 'lora',
          previous_state: 'Active',
          rolled_back_at: '',
          actor: 'lead',
          reason: 'drift',
          impact: { quality_issues: [], invalidates_outputs: false, severity: 'Low', affected_tenants: [] },
        },
      },
    },
  })
}

describe('views', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
  })
  afterAll(() => migrated.dispose())
  beforeEach(async () => {
    const { store, generation } = migrated
    await store.command({ sql: `TRUNCATE TABLE ${store.table(generation.eventsTable)}` })
  })

  const read = (view: string, rest = ''): Promise<Record<string, unknown>[]> =>
    migrated.store.query({ sql: `SELECT * FROM ${migrated.store.table(view)} ${rest}` })

  test('are one for each kind, each with a comment', async () => {
    expect(kindViews.map(({ kind }) => kind)).toEqual(eventKinds)
    const commented = await migrated.store.query<{ name: string }>({
      sql: `SELECT name FROM system.tables WHERE database = {database:String} AND engine = 'View' AND comment != '' ORDER BY name`,
      params: { database: migrated.store.database },
    })
    const names = [...kindViews, ...derivedViews, ...questionViews]
      .map(({ name }) => name)
      .concat('events', 'dead_letters')
    expect(commented.map(({ name }) => name)).toEqual(names.toSorted())
    const silent = await migrated.store.query({
      sql: `SELECT table, name FROM system.columns WHERE database = {database:String} AND table IN {names:Array(String)} AND comment = ''`,
      params: { database: migrated.store.database, names },
    })
    expect(silent).toEqual([])
  })

  test('show every event once, in the view of its kind', async () => {
    const files = (await readdir(vectors)).filter((name) => name.endsWith('.json'))
    const texts = await Promise.all(files.map((name) => readFile(join(vectors, name), 'utf8')))
    const envelopes = texts.map((text) => envelopeFromJson(text.trimEnd()))
    await migrated.insert(envelopes.map((envelope) => loggedEvent(envelope)))
    for (const { name, kind } of kindViews) {
      const expected = envelopes.filter(({ event }) => event.type === kind).map(({ event_id }) => event_id)
      expect(expected.length).toBeGreaterThan(0)
      const rows = await read(name)
      expect(rows.map((row) => row['event_id'] as string).toSorted(), name).toEqual(expected.toSorted())
    }
  })

  test('show what an outcome took and cost', async () => {
    const data = {
      latency_ms: 8412,
      tokens: 2n ** 64n - 1n,
      cost_microdollars: 231_450,
      stop_reason: 'Converged',
    } as const
    await migrated.insert([loggedEvent(outcome('evt-1', data, { occurred_at: '2026-04-23T09:15:00.25Z' }))])
    expect(await read('outcomes')).toMatchObject([
      {
        tenant_id: 'acme',
        instant: '2026-04-23 09:15:00.250000000',
        hour: '2026-04-23 09:00:00',
        event_id: 'evt-1',
        chain_id: 'chain-1',
        step: 'Planning',
        passed: true,
        stop_reason: 'Converged',
        latency_ms: 8412,
        tokens: '18446744073709551615',
        cost_microdollars: '231450',
        cost_usd: 0.23145,
      },
    ])
  })

  test('list ids that were used again for other content, by tenant', async () => {
    await migrated.insert([
      loggedEvent(outcome('evt-0', { tokens: 1 })),
      loggedEvent(outcome('evt-0', { tokens: 2 })),
      loggedEvent(outcome('evt-1', { tokens: 1 })),
      loggedEvent(outcome('evt-1', { tokens: 1 }, { tenant_id: 'other' })),
    ])
    expect(await read('reused_event_ids')).toMatchObject([
      { tenant_id: 'acme', event_id: 'evt-0', events: '2', contents: '2' },
    ])
  })

  describe('of artifacts', () => {
    test('show the state that the latest event left, whatever the order in which they came', async () => {
      await migrated.insert([rollback(4), transition(2, 'Approved', 'Active')])
      await migrated.insert([transition(1, 'Draft', 'Approved')])
      expect(await read('artifact_states')).toMatchObject([
        {
          tenant_id: 'acme',
          artifact_id: 'lora',
          state: 'RolledBack',
          artifact_kind: 'Other',
          artifact_kind_other: 'Corpus',
          actor: 'lead',
          reason: 'drift',
          changes: '3',
          forbidden_transitions: '0',
          has_forbidden_transition: 0,
        },
      ])
    })

    test('forget the name of another kind when the kind is known', async () => {
      await migrated.insert([transition(1, 'Draft', 'Approved'), transition(3, 'Approved', 'Active')])
      expect(await read('artifact_states')).toMatchObject([{ artifact_kind: 'Adapter', artifact_kind_other: null }])
    })

    test('flag a transition that the state machine forbids', async () => {
      await migrated.insert([transition(1, 'Draft', 'Active')])
      expect(await read('artifact_states')).toMatchObject([{ state: 'Active', has_forbidden_transition: 1 }])
      expect(await read('artifact_transitions')).toMatchObject([{ transition_allowed: false }])
    })

    test('take the place in the log where instants are equal', async () => {
      const late = { ...transition(1, 'Draft', 'Deprecated'), offset: offset(900) }
      const early = { ...transition(1, 'Draft', 'Approved'), offset: offset(800) }
      await migrated.insert([late, early])
      expect(await read('artifact_states')).toMatchObject([{ state: 'Deprecated' }])
    })
  })
})
