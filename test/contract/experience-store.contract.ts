import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArtifactState } from '../../schemas/contract/artifact.ts'
import type { EventQueryInput } from '../../schemas/contract/event-query.ts'
import { eventKinds } from '../../schemas/contract/event-kind.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { replayTraceToJson } from '../../schemas/json/replay-trace-json.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { readTransitions, readVectors } from '../integration/contract-vectors.ts'
import {
  backendInvoked,
  budgetExceeded,
  factPromoted,
  hypothesis,
  outcome,
  rollback,
  traceRecorded,
  transition,
  uniqueId,
  validated,
} from '../integration/test-events.ts'
import { describeAnalytics } from './experience-store-analytics.ts'
import { describeTimeTravel } from './experience-store-as-of.ts'
import { describeOrder } from './experience-store-order.ts'
import { describeQueryVectors } from './experience-store-query-vectors.ts'
import { describeStories } from './experience-store-stories.ts'

export interface StoreUnderTest {
  readonly name: string
  /** Why the suite can't run here; undefined if it can. */
  readonly skipped?: string | undefined
  /** What it does not do, as docs/http.md says. Default: nothing. */
  readonly without?: readonly 'floats that are not finite'[]
  /** A new, empty store. */
  readonly open: () => Promise<ExperienceStore>
}

/** What every experience store does. */
export function describeExperienceStore({ name, skipped, without = [], open }: StoreUnderTest): void {
  describe.skipIf(skipped !== undefined)(`experience store: ${name}`, () => {
    let store: ExperienceStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store?.close())

    const ids = async (query: Partial<EventQueryInput>, kinds: EventQueryInput['kinds'] = []): Promise<string[]> =>
      (await store.queryEvents({ kinds, ...query })).map(({ event_id }) => event_id)

    describe('appending', () => {
      test('gives back every vector of the contract byte for byte', async () => {
        for (const { name: vector, text } of readVectors('public')) {
          const envelope = envelopeFromJson(text)
          await store.appendEvent(envelope)
          const found = await store.queryEvents({ kinds: [], event_id: envelope.event_id })
          expect(found.map(envelopeToJson), vector).toEqual([text])
        }
      })

      test('gives back a float that is not finite as NaN, and as none where it may be none', async () => {
        if (without.includes('floats that are not finite')) {
          const refused = { code: 'InvalidQuery', field: 'event.data.confidence' }
          await expect(store.appendEvent(hypothesis({}, { confidence: NaN }))).rejects.toMatchObject(refused)
          return
        }
        const tenant_id = uniqueId('tenant')
        const proposed = envelopeFromJson(
          readVectors('public').find((vector) => vector.name === 'proposal_created.max')?.text ?? '',
        )
        if (proposed.event.type !== 'ProposalCreated') throw new Error('the vector is another kind of event')
        const { data } = proposed.event
        for (const confidence of [Infinity, -Infinity, NaN]) {
          const proposal = { ...data.proposal, confidence }
          await store.appendEvents([
            hypothesis({ tenant_id }, { confidence }),
            { ...proposed, tenant_id, event: { type: 'ProposalCreated', data: { ...data, proposal } } },
          ])
          const found = (await store.queryEvents({ kinds: [], tenant_id })).slice(-2).map(({ event }) => event)
          for (const event of found) {
            if (event.type === 'HypothesisResolved') expect(event.data.confidence).toBeNaN()
            else expect(event.type === 'ProposalCreated' && event.data.proposal.confidence).toBeNull()
          }
        }
      })

      test('gives back what was appended, whatever the caller does with it later', async () => {
        const tenant_id = uniqueId('tenant')
        const metadata = new Map([['a', '1']])
        await store.appendEvent(outcome({ tenant_id }, { metadata }))
        metadata.set('a', '2')
        const [found] = await store.queryEvents({ kinds: [], tenant_id })
        expect(found?.event.data).toMatchObject({ metadata: new Map([['a', '1']]) })
      })

      test('gives back what JSON.stringify prints as the contract says, and comparisons take for plain objects', async () => {
        const tenant_id = uniqueId('tenant')
        const given = outcome({ tenant_id }, { metadata: { a: '1' }, tokens: 5 })
        await store.appendEvent(given)
        const page = await store.queryEventPage({ kinds: [], tenant_id })
        expect(JSON.stringify(page)).toBe(`{"events":[${page.events.map(envelopeToJson).join(',')}],"next":null}`)
        expect(page.events).toStrictEqual(structuredClone(page.events))
      })

      test('reads its own writes at once', async () => {
        const tenant_id = uniqueId('tenant')
        for (let count = 1; count <= 12; count++) {
          await store.appendEvent(outcome({ tenant_id }))
          expect(await ids({ tenant_id })).toHaveLength(count)
        }
      })

      test('reads what many callers appended at the same time', async () => {
        const tenants = [uniqueId('tenant'), uniqueId('tenant')]
        await Promise.all(
          Array.from({ length: 200 }, (_, index) => store.appendEvent(outcome({ tenant_id: tenants[index % 2]! }))),
        )
        const counts = await Promise.all(tenants.map((tenant_id) => ids({ tenant_id })))
        expect(counts.map(({ length }) => length)).toEqual([100, 100])
      })

      test('keeps the order of a list where instants are equal', async () => {
        const tenant_id = uniqueId('tenant')
        const events = Array.from({ length: 50 }, () => outcome({ tenant_id }))
        await store.appendEvents(events)
        expect(await ids({ tenant_id })).toEqual(events.map(({ event_id }) => event_id))
      })

      test('takes an empty list', async () => {
        await expect(store.appendEvents([])).resolves.toBeUndefined()
        await expect(store.appendEvents([], { atomic: true })).resolves.toBeUndefined()
      })

      test('stops at the first fault of a list, names it, and keeps the events before it', async () => {
        const tenant_id = uniqueId('tenant')
        const events = [
          outcome({ tenant_id, event_id: 'a' }),
          outcome({ tenant_id, event_id: 'b' }),
          outcome({ tenant_id, event_id: 'no spaces' }),
          outcome({ tenant_id, event_id: 'd' }),
        ]
        await expect(store.appendEvents(events)).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'events[2].event_id',
        })
        expect(await ids({ tenant_id })).toEqual(['a', 'b'])
      })

      test('appends all of an atomic list or nothing, over several tenants', async () => {
        const tenants = [uniqueId('tenant'), uniqueId('tenant')]
        const list = (last: string) => [
          outcome({ tenant_id: tenants[0]!, event_id: 'a' }),
          outcome({ tenant_id: tenants[1]!, event_id: 'b' }),
          outcome({ tenant_id: tenants[0]!, event_id: last }),
        ]
        await expect(store.appendEvents(list(''), { atomic: true })).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'events[2].event_id',
        })
        expect(await ids({ tenant_id: tenants[0]! })).toEqual([])
        await store.appendEvents(list('c'), { atomic: true })
        expect(await ids({ tenant_id: tenants[0]! })).toEqual(['a', 'c'])
        expect(await ids({ tenant_id: tenants[1]! })).toEqual(['b'])
      })

      test('refuses what the contract refuses, with the field, and stores nothing', async () => {
        const vectors = readVectors('invalid').filter((vector) => vector.name.startsWith('validate.'))
        expect(vectors.length).toBeGreaterThan(10)
        const before = (await ids({})).length
        for (const { name: vector, text } of vectors) {
          const field = /^validate\.(event_id|occurred_at|tenant_id|correlation_id)/.exec(vector)?.[1]
          const refused = store.appendEvent(JSON.parse(text) as never)
          await expect(refused, vector).rejects.toMatchObject({ code: 'InvalidQuery', field })
        }
        await expect(store.appendEvent(outcome({}, { tokens: -1n }))).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'event.data.tokens',
        })
        expect((await ids({})).length).toBe(before)
      })
    })

    describe('the same event twice', () => {
      test('counts once, appended in one list or later', async () => {
        const tenant_id = uniqueId('tenant')
        const event = outcome({ tenant_id })
        await store.appendEvents([event, event])
        await store.appendEvents([outcome({ tenant_id }), event])
        expect(await ids({ tenant_id })).toHaveLength(2)
        await store.appendEvent(event)
        expect(await ids({ tenant_id, event_id: event.event_id })).toEqual([event.event_id])
      })

      test('counts once where its time cannot be read', async () => {
        const tenant_id = uniqueId('tenant')
        const event = outcome({ tenant_id, occurred_at: 'after lunch' })
        await store.appendEvent(event)
        expect(await ids({ tenant_id })).toHaveLength(1)
        await store.appendEvent(event)
        expect(await ids({ tenant_id })).toHaveLength(1)
      })

      test('counts for each tenant', async () => {
        const correlation_id = uniqueId('run')
        const event = outcome({ correlation_id })
        await store.appendEvents([event, { ...event, tenant_id: 't-1' }, { ...event, tenant_id: 't-2' }])
        expect(await ids({ correlation_id })).toHaveLength(3)
      })

      test('is kept where only the id is the same', async () => {
        const tenant_id = uniqueId('tenant')
        const event_id = 'evt-0'
        await store.appendEvent(outcome({ tenant_id, event_id }, { tokens: 1n }))
        await store.appendEvent(outcome({ tenant_id, event_id }, { tokens: 2n }))
        await store.appendEvent(factPromoted({ tenant_id, event_id }))
        expect(await ids({ tenant_id, event_id })).toEqual([event_id, event_id, event_id])
      })
    })

    describe('filters', () => {
      const correlation_id = uniqueId('run')
      const tenant = uniqueId('tenant')
      const other = uniqueId('tenant')
      const at = (seconds: string) => `2026-04-23T09:00:${seconds}`
      beforeAll(async () => {
        const head = { correlation_id, tenant_id: tenant }
        await store.appendEvents([
          outcome({ ...head, event_id: 'later', occurred_at: at('30Z') }),
          budgetExceeded({ ...head, event_id: 'budget', occurred_at: at('10.5Z') }),
          hypothesis({ ...head, event_id: 'hypothesis', occurred_at: at('10.25Z') }),
          validated({ ...head, event_id: 'offset', occurred_at: '2026-04-23T11:00:20+02:00' }, { proposal_id: 'p-7' }),
          factPromoted({ ...head, event_id: 'fact', occurred_at: at('05Z') }, { proposal_id: 'p-7' }),
          outcome({ ...head, event_id: 'other-chain', occurred_at: '1776934812Z' }, { chain_id: 'chain-A' }),
          backendInvoked({ ...head, event_id: 'backend', occurred_at: at('01Z') }, { trace_link_id: 'trace-7' }),
          traceRecorded('trace-7', 'p', { ...head, event_id: 'trace', occurred_at: at('00Z') }),
          transition('lora@1', 'Draft', 'Approved', { ...head, event_id: 'artifact', occurred_at: at('40Z') }),
          rollback('lora@1', { ...head, event_id: 'rollback', occurred_at: at('41Z') }),
          outcome({ correlation_id, tenant_id: other, event_id: 'other-tenant', occurred_at: at('50Z') }),
          outcome({ correlation_id, event_id: 'tenantless', occurred_at: at('51Z') }),
          outcome({ tenant_id: tenant, event_id: 'other-run', occurred_at: at('52Z') }),
        ])
      })

      const inOrder = [
        'trace',
        'backend',
        'fact',
        'hypothesis',
        'budget',
        'other-chain',
        'offset',
        'later',
        'artifact',
        'rollback',
        'other-tenant',
        'tenantless',
      ]

      test('order by instant, whatever the append order and the spelling of times', async () => {
        expect(await ids({ correlation_id })).toEqual(inOrder)
      })

      test('answer latest first where asked to', async () => {
        expect(await ids({ correlation_id, descending: true })).toEqual(inOrder.toReversed())
        expect(await ids({ correlation_id, descending: true, limit: 2 })).toEqual(['tenantless', 'other-tenant'])
      })

      test('take the first of the order with a limit, none with 0, all with the largest', async () => {
        expect(await ids({ correlation_id, limit: 3 })).toEqual(inOrder.slice(0, 3))
        expect(await ids({ correlation_id, limit: 0n })).toEqual([])
        expect(await ids({ correlation_id, limit: 2n ** 64n - 1n })).toEqual(inOrder)
      })

      test('find a tenant; without one, all tenants and the events without a tenant', async () => {
        expect(await ids({ tenant_id: tenant, correlation_id })).toEqual(inOrder.slice(0, 10))
        expect(await ids({ tenant_id: other })).toEqual(['other-tenant'])
        expect(await ids({ tenant_id: tenant.toUpperCase() })).toEqual([])
        expect(await ids({ tenant_id: '' })).toEqual([])
        expect(await ids({ tenant_id: tenant })).toContain('other-run')
      })

      test('find kinds, repeated or not', async () => {
        expect(await ids({ correlation_id }, ['BudgetExceeded', 'FactPromoted', 'FactPromoted'])).toEqual([
          'fact',
          'budget',
        ])
        expect(await ids({ correlation_id }, [...eventKinds])).toEqual(inOrder)
      })

      test('find a chain, its resolved hypotheses too, and only that chain', async () => {
        expect(await ids({ correlation_id, tenant_id: tenant, chain_id: 'chain-a' })).toEqual([
          'hypothesis',
          'budget',
          'offset',
          'later',
        ])
        expect(await ids({ correlation_id, chain_id: 'chain-A' })).toEqual(['other-chain'])
        expect(await ids({ correlation_id, chain_id: '' })).toEqual([])
      })

      test('find what names a trace, an artifact, a proposal, an event', async () => {
        const query = { tenant_id: tenant }
        expect(await ids({ ...query, trace_link_id: 'trace-7' })).toEqual(['trace', 'backend'])
        expect(await ids({ ...query, artifact_id: 'lora@1' })).toEqual(['artifact', 'rollback'])
        expect(await ids({ ...query, proposal_id: 'p-7' })).toEqual(['fact', 'offset'])
        expect(await ids({ ...query, event_id: 'budget' })).toEqual(['budget'])
        expect(await ids({ ...query, event_id: 'budge' })).toEqual([])
      })

      test('compare ranges as points in time, both ends included', async () => {
        const range = (start: string | null, end: string | null) =>
          ids({ correlation_id, tenant_id: tenant, time_range: { start, end } })
        expect(await range(at('10.25Z'), at('10.5Z'))).toEqual(['hypothesis', 'budget'])
        expect(await range(at('10.250000001Z'), at('10.499999999Z'))).toEqual([])
        expect(await range('2026-04-23T11:00:12+02:00', '1776934820Z')).toEqual(['other-chain', 'offset'])
        expect(await range(at('41Z'), null)).toEqual(['rollback'])
        expect(await range(null, at('00Z'))).toEqual(['trace'])
        expect(await range(at('41Z'), at('00Z'))).toEqual([])
        expect(await range(null, null)).toHaveLength(10)
        expect(await range('-271821-04-20', '+275760-09-13')).toHaveLength(10)
        expect(await range('2300-01-01', null)).toEqual([])
        expect(await range(null, '1800-01-01')).toEqual([])
      })

      test('find events of times that the read model brings nearer', async () => {
        const tenant_id = uniqueId('tenant')
        const times = ['-009999-01-01', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+012345-01-01']
        await store.appendEvents(
          times.map((occurred_at, index) => outcome({ tenant_id, occurred_at, event_id: `${index}` })),
        )
        expect(await ids({ tenant_id })).toEqual(['0', '1', '2', '3'])
        const range = (start: string | null, end: string | null) => ids({ tenant_id, time_range: { start, end } })
        expect(await range('5000-01-01', '+020000-01-01')).toEqual(['2', '3'])
        expect(await range(null, '1000-01-01')).toEqual(['0', '1'])
        expect(await range('0000-01-01', '9999-12-31')).toEqual(['1'])
        expect(await range('+010000-01-01', null)).toEqual(['3'])
        expect(await range(null, '-000001-01-01')).toEqual(['0'])
        expect(await range('1900-01-01', '2262-01-01')).toEqual([])
      })

      test('refuse a bound that is no time, with the field', async () => {
        for (const [end, text] of [
          ['start', 'yesterday'],
          ['end', ''],
          ['end', '2026-02-30'],
        ] as const) {
          await expect(ids({ time_range: { [end]: text } })).rejects.toMatchObject({
            code: 'InvalidQuery',
            field: `time_range.${end}`,
          })
        }
      })

      test('refuse a query at fault, with the field', async () => {
        await expect(store.queryEvents({ kinds: ['Nope'] as never })).rejects.toMatchObject({
          code: 'InvalidQuery',
          field: 'kinds[0]',
        })
        await expect(ids({ limit: -1 })).rejects.toMatchObject({ code: 'InvalidQuery', field: 'limit' })
        await expect(ids({ after: 'no cursor' })).rejects.toMatchObject({ code: 'InvalidQuery', field: 'after' })
      })

      test('are all met by what is found', async () => {
        const all: EventQueryInput = {
          kinds: ['OutcomeRecorded'],
          tenant_id: tenant,
          correlation_id,
          chain_id: 'chain-a',
          time_range: { start: at('29Z'), end: at('31Z') },
          event_id: 'later',
        }
        expect(await ids(all, all.kinds)).toEqual(['later'])
        for (const change of [{ tenant_id: other }, { correlation_id: 'x' }, { chain_id: 'x' }, { event_id: 'x' }]) {
          expect(await ids({ ...all, ...change }, all.kinds)).toEqual([])
        }
      })
    })

    describe('artifacts', () => {
      const lifecycle = { timestamp: '2026-04-23T08:00:00Z', actor: 'reviewer', reason: 'passed' }

      test('a transition answers with its event id, and takes time and tenant from the lifecycle event', async () => {
        const tenant_id = uniqueId('tenant')
        const event = { ...lifecycle, from_state: 'Draft', to_state: 'Approved', tenant_id } as const
        const id = await store.writeArtifactStateTransition('lora@2', { Other: 'Prompt' }, event)
        const [found, ...more] = await store.queryEvents({ kinds: [], tenant_id, event_id: id })
        expect(more).toEqual([])
        expect(found).toMatchObject({ occurred_at: lifecycle.timestamp, tenant_id, correlation_id: null })
        expect(await store.queryArtifacts({ tenant_id })).toEqual([
          {
            tenant_id,
            artifact_id: 'lora@2',
            kind: { Other: 'Prompt' },
            state: 'Approved',
            since: lifecycle.timestamp,
            transitions: 1n,
            forbidden_transitions: 0n,
          },
        ])
      })

      test('a transition without tenant belongs to none', async () => {
        const artifact = uniqueId('lora')
        const event = { ...lifecycle, from_state: 'Draft', to_state: 'Approved' } as const
        await store.writeArtifactStateTransition(artifact, 'Pack', event)
        expect(await store.queryArtifacts({ artifact_id: artifact })).toMatchObject([{ tenant_id: null }])
        expect(await store.queryArtifacts({ artifact_id: artifact, tenant_id: '' })).toEqual([])
      })

      test('a transition that the contract refuses is refused with the field', async () => {
        const event = { ...lifecycle, from_state: 'Draft', to_state: 'Approved' } as const
        await expect(
          store.writeArtifactStateTransition('lora', 'Pack', { ...event, tenant_id: 'a b' }),
        ).rejects.toMatchObject({ code: 'InvalidQuery', field: 'tenant_id' })
        await expect(
          store.writeArtifactStateTransition('lora', 'Pack', { ...event, timestamp: '' }),
        ).rejects.toMatchObject({ code: 'InvalidQuery', field: 'occurred_at' })
      })

      test('a lifecycle event of any text is taken under a time and tenant that the caller names', async () => {
        const tenant_id = uniqueId('tenant')
        const event = {
          ...lifecycle,
          from_state: 'Draft',
          to_state: 'Approved',
          timestamp: '',
          tenant_id: 'a b',
        } as const
        const data = { artifact_id: 'lora', artifact_kind: 'Pack', event } as const
        await store.appendEvent({
          event_id: 'evt-1',
          occurred_at: lifecycle.timestamp,
          tenant_id,
          event: { type: 'ArtifactStateTransitioned', data },
        })
        expect(await store.queryArtifacts({ tenant_id })).toMatchObject([{ artifact_id: 'lora', state: 'Approved' }])
      })

      test('forbidden transitions are recorded and flagged', async () => {
        const tenant_id = uniqueId('tenant')
        const transitions = readTransitions()
        expect(transitions).toHaveLength(36)
        await store.appendEvents(
          transitions.map(({ from, to }) =>
            transition(`${from}-${to}`, from as ArtifactState, to as ArtifactState, { tenant_id }),
          ),
        )
        const flagged = await store.queryArtifacts({ tenant_id })
        expect(flagged.map((each) => [each.artifact_id, each.state, each.forbidden_transitions])).toEqual(
          transitions
            .map(({ from, to, allowed }) => [`${from}-${to}`, to, allowed ? 0n : 1n] as const)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
      })

      test('stand where their latest event leaves them, by instant', async () => {
        const tenant_id = uniqueId('tenant')
        await store.appendEvents([
          rollback('a', { tenant_id, occurred_at: '2026-04-23T12:00:00+02:00' }),
          transition('a', 'Approved', 'Active', { tenant_id, occurred_at: '2026-04-23T09:00:00Z' }),
          transition('a', 'Draft', 'Approved', { tenant_id, occurred_at: '2026-04-23T08:00:00Z' }),
          rollback('only-rolled-back', { tenant_id }),
        ])
        expect(await store.queryArtifacts({ tenant_id })).toMatchObject([
          {
            artifact_id: 'a',
            kind: 'Adapter',
            state: 'RolledBack',
            transitions: 3n,
            since: '2026-04-23T12:00:00+02:00',
          },
          { artifact_id: 'only-rolled-back', kind: null, state: 'RolledBack', transitions: 1n },
        ])
      })

      test('are found by id, kind and state, in the order of their ids, up to a limit', async () => {
        const tenant_id = uniqueId('tenant')
        const artifacts = ['b', 'a!', 'a', 'a b', 'Z', '\u{1F680}', '\uE000', 'é']
        await store.appendEvents(artifacts.map((artifact) => transition(artifact, 'Draft', 'Approved', { tenant_id })))
        await store.appendEvents([
          transition('a', 'Approved', 'Active', { tenant_id, occurred_at: '2026-04-24T09:00:00Z' }),
        ])
        const found = async (query: object) =>
          (await store.queryArtifacts({ tenant_id, ...query })).map(({ artifact_id }) => artifact_id)
        const inOrder = ['Z', 'a', 'a b', 'a!', 'b', 'é', '\uE000', '\u{1F680}']
        expect(await found({})).toEqual(inOrder)
        expect(await found({ limit: 2 })).toEqual(inOrder.slice(0, 2))
        expect(await found({ limit: 0 })).toEqual([])
        expect(await found({ limit: 2n ** 64n - 1n })).toEqual(inOrder)
        expect(await found({ state: 'Active' })).toEqual(['a'])
        expect(await found({ state: 'Approved', artifact_id: 'a' })).toEqual([])
        expect(await found({ kind: 'Adapter', artifact_id: 'b' })).toEqual(['b'])
        expect(await found({ kind: 'Pack' })).toEqual([])
        expect(await found({ kind: { Other: 'Adapter' } })).toEqual([])
      })
    })

    describe('trace links', () => {
      const provider = async (id: string, tenant?: string) => {
        const trace = await store.getTraceLink(id, tenant === undefined ? { tenant: null } : { tenant })
        return trace?.type === 'Remote' ? trace.provider_name : trace
      }

      test('the last recording wins, whatever its time', async () => {
        const id = uniqueId('trace')
        await store.appendEvent(traceRecorded(id, 'first', { occurred_at: '2026-04-23T10:00:00Z' }))
        expect(await provider(id)).toBe('first')
        await store.appendEvent(traceRecorded(id, 'second', { occurred_at: '2026-04-23T09:00:00Z' }))
        expect(await provider(id)).toBe('second')
      })

      test('a recording that is appended again is a retry, and one with an id of its own the last', async () => {
        const id = uniqueId('trace')
        const first = traceRecorded(id, 'first')
        await store.appendEvents([first, traceRecorded(id, 'second'), first])
        expect(await provider(id)).toBe('second')
        await store.appendEvent(traceRecorded(id, 'first'))
        expect(await provider(id)).toBe('first')
      })

      test('are found in any tenant, or in the one that is named', async () => {
        const id = uniqueId('trace')
        const [a, b] = [uniqueId('tenant'), uniqueId('tenant')]
        await store.appendEvent(traceRecorded(id, 'of a', { tenant_id: a }))
        expect(await provider(id)).toBe('of a')
        expect(await provider(id, a)).toBe('of a')
        expect(await provider(id, b)).toBeNull()
        await store.appendEvent(traceRecorded(id, 'of none'))
        expect(await provider(id, a)).toBe('of a')
        expect(await provider(id, '')).toBeNull()
      })

      test('are printed by JSON.stringify as the contract says', async () => {
        const id = uniqueId('trace')
        await store.appendEvent(traceRecorded(id, 'anthropic'))
        const trace = await store.getTraceLink(id)
        if (trace === null) throw new Error('the trace was not found')
        expect(JSON.parse(JSON.stringify(trace))).toEqual(JSON.parse(replayTraceToJson(trace)))
      })

      test('are null where the id is unknown, or another event names it', async () => {
        const id = uniqueId('trace')
        await store.appendEvent(backendInvoked({}, { trace_link_id: id }))
        expect(await store.getTraceLink(id)).toBeNull()
        expect(await store.getTraceLink('')).toBeNull()
      })

      test('come back whole', async () => {
        const envelope = envelopeFromJson(
          readVectors('public').find((vector) => vector.name === 'replay_trace_recorded.max')?.text ?? '',
        )
        if (envelope.event.type !== 'ReplayTraceRecorded') throw new Error('the vector is another kind of event')
        const id = uniqueId('trace')
        const { trace_link } = envelope.event.data
        await store.appendEvent({
          ...envelope,
          event: { type: 'ReplayTraceRecorded', data: { trace_link_id: id, trace_link } },
        })
        expect(await store.getTraceLink(id)).toEqual(trace_link)
      })
    })

    describeAnalytics(open)
    describeStories(open)
    describeOrder(open)
    describeTimeTravel(open)
    describeQueryVectors(open)
  })
}
