import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { modelBackends } from '../../../../producers/fleet/model-backends.ts'
import { DEFAULT_TENANTS, simulateFleet, type FleetOptions } from '../../../../producers/fleet/simulate-fleet.ts'
import { isTransitionAllowed } from '../../../../schemas/artifact-transitions.ts'
import { parseEnvelope, type ExperienceEventEnvelope } from '../../../../schemas/contract/envelope.ts'
import { eventKinds, type EventKind } from '../../../../schemas/contract/event-kind.ts'
import type { ExperienceEvent } from '../../../../schemas/contract/experience-event.ts'
import { envelopeFromJson, envelopeToJson } from '../../../../schemas/json/envelope-json.ts'
import { parseInstant } from '../../../../schemas/instant.ts'

const EVENTS = 20_000
const events = [...simulateFleet({ seed: 11, events: EVENTS })]

type DataOf<Kind extends EventKind> = Extract<ExperienceEvent, { type: Kind }>['data']

function dataOf<Kind extends EventKind>(kind: Kind): DataOf<Kind>[] {
  return events.filter(({ event }) => event.type === kind).map(({ event }) => event.data as DataOf<Kind>)
}

/** docs/contract.md §6.2. */
const STOP_REASONS = [
  'Converged',
  'CriteriaMet',
  'UserCancelled',
  'HumanInterventionRequired',
  'CycleBudgetExhausted',
  'FactBudgetExhausted',
  'TokenBudgetExhausted',
  'TimeBudgetExhausted',
  'InvariantViolated',
  'PromotionRejected',
  'Error',
  'AgentRefused',
  'HitlGatePending',
]

function digest(options: FleetOptions): string {
  const hash = createHash('sha256')
  for (const envelope of simulateFleet(options)) hash.update(envelopeToJson(envelope)).update('\n')
  return hash.digest('hex')
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!
}

function millis({ occurred_at }: ExperienceEventEnvelope): number {
  return Number(parseInstant(occurred_at)! / 1_000_000n)
}

test('makes the same events for the same seed, and others for another', () => {
  expect(digest({ seed: 1, events: 2000 })).toBe(digest({ seed: 1, events: 2000 }))
  expect(digest({ seed: 1, events: 2000 })).not.toBe(digest({ seed: 2, events: 2000 }))
})

test('begins in the same way, however many events are wanted', () => {
  const few = [...simulateFleet({ seed: 3, events: 100 })]
  expect(events.length).toBe(EVENTS)
  expect([...simulateFleet({ seed: 3, events: 5000 })].slice(0, 100)).toEqual(few)
})

test('makes events that are valid and survive JSON unchanged', () => {
  for (const envelope of events) expect(envelopeFromJson(envelopeToJson(envelope))).toEqual(envelope)
  for (const envelope of events.slice(0, 2000)) expect(parseEnvelope(envelope)).toEqual(envelope)
})

test('tells of all 14 kinds', () => {
  expect(new Set(events.map(({ event }) => event.type))).toEqual(new Set(eventKinds))
})

test('never gives an id twice, not even to two seeds', () => {
  const others = [...simulateFleet({ seed: 12, events: EVENTS })]
  expect(new Set([...events, ...others].map(({ event_id }) => event_id)).size).toBe(2 * EVENTS)
})

test('writes events of a realistic size', () => {
  const sizes = events.map((envelope) => Buffer.byteLength(envelopeToJson(envelope)))
  expect(quantile(sizes, 0.5)).toBeGreaterThan(400)
  expect(quantile(sizes, 0.5)).toBeLessThan(900)
  expect(Math.max(...sizes)).toBeLessThan(3000)
})

test('serves every tenant, the first ones most', () => {
  const counts = DEFAULT_TENANTS.map((tenant) => events.filter(({ tenant_id }) => tenant_id === tenant).length)
  expect(Math.min(...counts)).toBeGreaterThan(0)
  expect(counts[0]).toBeGreaterThan(counts[4]!)
})

test('works for the tenants that are named', () => {
  const named = [...simulateFleet({ seed: 1, events: 3000, tenants: ['only', null], agents: 1 })]
  expect(new Set(named.map(({ tenant_id }) => tenant_id))).toEqual(new Set(['only', null]))
  expect(() => simulateFleet({ seed: 1, events: 1, tenants: [] }).next()).toThrow('fleet.tenants')
})

describe('time', () => {
  test('advances, from the start on', () => {
    const start = Date.UTC(2025, 0, 1)
    const times = [...simulateFleet({ seed: 1, events: 5000, start })].map(millis)
    // Spellings without fractions fall back by up to a second.
    let latest = start
    for (const time of times) {
      expect(time).toBeGreaterThan(latest - 1000)
      latest = Math.max(latest, time)
    }
  })

  test('is spelled in several ways', () => {
    const texts = events.map(({ occurred_at }) => occurred_at)
    for (const form of [/^\d{10}Z$/, /\.\d{3}Z$/, /:\d\dZ$/, /\.\d{9}Z$/, /\+02:00$/, /-03:30$/]) {
      expect(texts.some((text) => form.test(text))).toBe(true)
    }
  })

  test('covers about the span that is asked for', () => {
    const spanMs = 3 * 86_400_000
    const times = [...simulateFleet({ seed: 1, events: 50_000, spanMs })].map(millis)
    const covered = Math.max(...times) - Math.min(...times)
    expect(covered / spanMs).toBeGreaterThan(0.85)
    expect(covered / spanMs).toBeLessThan(1.15)
  })
})

describe('chains', () => {
  test('are interleaved', () => {
    const neighbours = events
      .slice(1)
      .filter((envelope, index) => envelope.correlation_id !== events[index]!.correlation_id)
    expect(neighbours.length).toBeGreaterThan(0.5 * EVENTS)
  })

  test('tell their steps in order, under one correlation id', () => {
    const correlations = new Map<string, Set<string | null>>()
    const order = new Map<string, string[]>()
    for (const { event, correlation_id } of events) {
      if (!('chain_id' in event.data)) continue
      const { chain_id } = event.data
      correlations.set(chain_id, (correlations.get(chain_id) ?? new Set()).add(correlation_id))
      order.set(chain_id, [...(order.get(chain_id) ?? []), event.type])
    }
    expect([...correlations.values()].every(({ size }) => size === 1)).toBe(true)
    // What is left out stands after the last event.
    const story = /^ProposalCreated( ProposalValidated( BudgetExceeded)?( OutcomeRecorded( HypothesisResolved)?)?)?$/
    for (const kinds of order.values()) expect(kinds.join(' ')).toMatch(story)
  })

  test('refer to what was said before', () => {
    const seen = {
      proposals: new Set<string>(),
      facts: new Set<string>(),
      policies: new Set<string>(),
      traces: new Set<string>(),
    }
    for (const { event } of events) {
      if (event.type === 'PolicySnapshotCaptured') seen.policies.add(event.data.snapshot_hash)
      if (event.type === 'BackendInvoked') seen.traces.add(event.data.trace_link_id)
      if (event.type === 'ProposalCreated') {
        expect(seen.policies).toContain(event.data.policy_snapshot_hash)
        seen.proposals.add(event.data.proposal.id)
      }
      if (event.type === 'ProposalValidated' || event.type === 'FactPromoted')
        expect(seen.proposals).toContain(event.data.proposal_id)
      if (event.type === 'FactPromoted') seen.facts.add(event.data.fact_id)
      if (event.type === 'GateDecisionRecorded') {
        expect(seen.proposals).toContain(event.data.request.proposal_id)
        expect(event.data.decision.gate_id).toBe(event.data.request.gate_id)
      }
      if (event.type === 'ReplayTraceRecorded' || event.type === 'ReplayabilityDowngraded')
        expect(seen.traces).toContain(event.data.trace_link_id)
      if (event.type === 'HypothesisResolved') expect(seen.facts).toContain(event.data.fact_id)
    }
  })

  test('record the trace that their proposal was made with', () => {
    const traces = new Map(
      dataOf('ProposalCreated').map(({ proposal }) => [proposal.id.replace('prop', 'trace'), proposal.trace_link]),
    )
    const recorded = dataOf('ReplayTraceRecorded')
    for (const { trace_link_id, trace_link } of recorded) expect(traces.get(trace_link_id)).toEqual(trace_link)
    expect(new Set(recorded.map(({ trace_link }) => trace_link.type))).toEqual(new Set(['Local', 'Remote']))
  })
})

describe('outcomes', () => {
  const outcomes = dataOf('OutcomeRecorded')

  test.each(modelBackends)('take a log-normal time on $name', ({ name, medianLatencyMs, latencySigma }) => {
    const latencies = outcomes.filter(({ backend }) => backend === name).map(({ latency_ms }) => Number(latency_ms))
    expect(latencies.length).toBeGreaterThan(100)
    const median = quantile(latencies, 0.5)
    expect(median / medianLatencyMs).toBeGreaterThan(0.8)
    expect(median / medianLatencyMs).toBeLessThan(1.25)
    // The 90th percentile of a log-normal distribution is its median times exp(1.2816 σ).
    const tail = quantile(latencies, 0.9) / median / Math.exp(1.2816 * latencySigma)
    expect(tail).toBeGreaterThan(0.75)
    expect(tail).toBeLessThan(1.33)
  })

  test.each(modelBackends)('cost what the tokens of $name cost', ({ name, inputPrice, outputPrice }) => {
    const measured = outcomes.filter(({ backend }) => backend === name)
    for (const { tokens, cost_microdollars } of measured) {
      const perToken = Number(cost_microdollars) / Number(tokens)
      expect(perToken).toBeGreaterThanOrEqual(inputPrice)
      expect(Number(cost_microdollars)).toBeLessThanOrEqual(Math.ceil(outputPrice * Number(tokens)))
    }
  })

  test('mostly pass, and otherwise give every reason to stop', () => {
    const passed = outcomes.filter((outcome) => outcome.passed).length / outcomes.length
    expect(passed).toBeGreaterThan(0.7)
    expect(passed).toBeLessThan(0.95)
    const reasons = outcomes.map(({ stop_reason }) =>
      typeof stop_reason === 'string' ? stop_reason : Object.keys(stop_reason ?? {})[0],
    )
    expect(new Set(reasons)).toEqual(new Set(STOP_REASONS))
  })
})

describe('artifacts', () => {
  test('go on from the state that they were in, sometimes where they must not', () => {
    const states = new Map<string, string>()
    let forbidden = 0
    const transitions = dataOf('ArtifactStateTransitioned')
    for (const { artifact_id, event } of transitions) {
      expect(event.from_state).toBe(states.get(artifact_id) ?? 'Draft')
      states.set(artifact_id, event.to_state)
      if (!isTransitionAllowed(event.from_state, event.to_state)) forbidden++
    }
    expect(forbidden).toBeGreaterThan(0)
    expect(forbidden).toBeLessThan(transitions.length * 0.1)
  })

  test('that are rolled back say what it affects', () => {
    const states = new Set(
      dataOf('ArtifactStateTransitioned')
        .filter(({ event }) => event.to_state === 'RolledBack')
        .map(({ artifact_id }) => artifact_id),
    )
    const rollbacks = dataOf('ArtifactRollbackRecorded')
    expect(rollbacks.length).toBeGreaterThan(5)
    for (const { rollback } of rollbacks) expect(states).toContain(rollback.artifact_id)
  })
})
