import { describe, expect, test } from 'vitest'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/types/event-input-types.ts'
import { kafka, lmdb } from '../service-place.ts'
import { backendInvoked, factPromoted, hypothesis, outcome, traceRecorded, validated } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, linesOf } from './questions.ts'

const bench = new HttpBench()

function gateDecided(gate: string, proposal: string, head: object): ExperienceEventEnvelopeInput {
  return {
    event_id: `gate-${gate}`,
    occurred_at: '2026-04-23T09:00:00Z',
    ...head,
    event: {
      type: 'GateDecisionRecorded',
      data: {
        request: {
          gate_id: gate,
          proposal_id: proposal,
          summary: 's',
          agent_id: 'a',
          rationale: null,
          context_data: [],
          cycle: 1,
          requested_at: '2026-04-23T09:00:00Z',
          timeout: { timeout_secs: 1n, action: 'Reject' },
        },
        decision: { gate_id: gate, verdict: 'Approve', decided_by: 'h', decided_at: '2026-04-23T09:00:00Z' },
      },
    },
  }
}

/** A chain of a tenant and all that is linked with it, with other events between. */
function storyOf(tenant: string): ExperienceEventEnvelopeInput[] {
  const at = (minute: number, id: string, run: string | null = null): object => ({
    event_id: id,
    tenant_id: tenant,
    correlation_id: run,
    occurred_at: `2026-04-23T09:${String(minute).padStart(2, '0')}:00Z`,
  })
  const pending = { gate_id: 'g-1', proposal_id: 'p-9', summary: 's', agent_id: 'a', cycle: 1 }
  return [
    traceRecorded('t-1', 'provider', at(0, 'trace')),
    backendInvoked(at(1, 'call', 'run-1'), { trace_link_id: 't-1' }),
    validated(at(2, 'validated', 'run-1'), { chain_id: 'c-1', proposal_id: 'p-1' }),
    factPromoted(at(3, 'fact'), { proposal_id: 'p-1', fact_id: 'f-1' }),
    hypothesis(at(4, 'hypothesis'), { chain_id: 'c-1', fact_id: 'f-2' }),
    factPromoted(at(5, 'fact-of-hypothesis'), { proposal_id: 'p-7', fact_id: 'f-2' }),
    outcome(at(6, 'outcome'), {
      chain_id: 'c-1',
      tokens: 2n ** 63n,
      cost_microdollars: 7n,
      latency_ms: 11n,
      stop_reason: { HitlGatePending: pending },
    }),
    outcome(at(7, 'outcome-2'), { chain_id: 'c-1', tokens: 2n ** 63n, passed: false }),
    gateDecided('g-1', 'p-9', at(8, 'gate')),
    gateDecided('g-2', 'p-1', at(9, 'gate-of-proposal')),
    outcome(at(10, 'of-another-chain', 'run-1'), { chain_id: 'c-2' }),
    factPromoted(at(11, 'of-nothing'), { proposal_id: 'p-8', fact_id: 'f-8' }),
  ]
}

const STORY = [
  'trace',
  'call',
  'validated',
  'fact',
  'hypothesis',
  'fact-of-hypothesis',
  'outcome',
  'outcome-2',
  'gate',
  'gate-of-proposal',
]

function idsIn(lines: readonly string[]): string[] {
  return lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id)
}

describe.each([lmdb, kafka()])("a chain's story on $name", (log) => {
  test.skipIf(log.skipped !== undefined)('is its events and those linked with them, in order', async () => {
    const environment = bench.newEnvironment(log)
    const key = await bench.createKey(environment, null, ['read'])
    const { url } = await bench.serve(environment)
    await appendEvents(environment, storyOf('acme'))
    const { lines, end } = linesOf(await ask(`${url}/v1/chains/c-1?tenant_id=acme`, withKey(key, inLines())))
    expect(idsIn(lines)).toEqual(STORY)
    expect(end).toMatchObject({ count: 10, next: null })
  })
})

describe("a chain's story", () => {
  test('says what it adds up to, exactly', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, storyOf('acme'))
    const { text } = await ask(`${url}/v1/chains/c-1`)
    expect(text).toContain(
      '"totals":{"events":10,"own_events":4,"by_kind":{"ProposalValidated":1,"FactPromoted":2,"ReplayTraceRecorded":1,' +
        '"BackendInvoked":1,"OutcomeRecorded":2,"HypothesisResolved":1,"GateDecisionRecorded":2},"outcomes":2,"passed":1,' +
        '"latency_ms":11,"tokens":18446744073709551616,"cost_microdollars":7,' +
        '"first_instant":"2026-04-23T09:00:00Z","last_instant":"2026-04-23T09:09:00Z"}',
    )
  })

  test('never links events of another tenant, for whoever asks', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, null, ['read'])
    // Of `other` nothing but the chain itself: what is linked by the same ids is of acme.
    const alone = outcome(
      { event_id: 'alone', tenant_id: 'other', correlation_id: 'run-9', occurred_at: '2026-04-23T10:00:00Z' },
      { chain_id: 'c-9' },
    )
    const foreign = backendInvoked(
      { event_id: 'foreign', tenant_id: 'acme', correlation_id: 'run-9' },
      { trace_link_id: 't-9' },
    )
    await appendEvents(environment, [...storyOf('acme'), ...storyOf('third'), alone, foreign])

    const both = linesOf(await ask(`${url}/v1/chains/c-1`, withKey(key, inLines())))
    expect(idsIn(both.lines)).toEqual(STORY.flatMap((id) => [id, id]))
    const one = linesOf(await ask(`${url}/v1/chains/c-9`, withKey(key, inLines())))
    expect(idsIn(one.lines)).toEqual(['alone'])
    const limited = await bench.createKey(environment, 'other', ['read'])
    expect((await ask(`${url}/v1/chains/c-1`, withKey(limited))).status).toBe(404)
    expect(idsIn(linesOf(await ask(`${url}/v1/chains/c-9`, withKey(limited, inLines()))).lines)).toEqual(['alone'])
  })

  test('comes in pages, and as the log stood', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const positions = await appendEvents(environment, storyOf('acme'))
    for (const parameters of ['tenant_id=acme', '']) {
      const ids: string[] = []
      let after = ''
      do {
        const { text } = await ask(`${url}/v1/chains/c-1?limit=3&${parameters}${after}`)
        const page = JSON.parse(text) as { events: { event_id: string }[]; next: string | null; totals?: object }
        expect(page.totals === undefined).toBe(after !== '')
        ids.push(...page.events.map(({ event_id }) => event_id))
        after = page.next === null ? '' : `&after=${page.next}`
      } while (after !== '')
      expect(ids).toEqual(STORY)
    }
    // Before the first event of the chain itself, there is no chain.
    expect((await ask(`${url}/v1/chains/c-1?as_of=${positions[1]}`)).status).toBe(404)
    const early = linesOf(await ask(`${url}/v1/chains/c-1?as_of=${positions[3]}`, inLines()))
    expect(idsIn(early.lines)).toEqual(['trace', 'call', 'validated', 'fact'])
  })

  test('of a chain that nothing names is a 404', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const { status, text } = await ask(`${url}/v1/chains/nothing`)
    expect([status, JSON.parse(text)]).toEqual([
      404,
      { error: { code: 'NotFound', message: 'there is no chain "nothing"', field: null } },
    ])
  })
})
