import { offset } from '../../../base/position.ts'
import { describe, expect, test } from 'vitest'
import { eventColumns, type EventRow } from '../../../projections/events/event-columns.ts'
import { eventRow } from '../../../projections/events/event-row.ts'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { eventDataToJson } from '../../../schemas/json/envelope-json.ts'
import { loggedEvent, outcome } from './logged-events.ts'

type Event = ExperienceEventEnvelopeInput['event']
type DataOf<Kind extends Event['type']> = Extract<Event, { type: Kind }>['data']
type Trace = DataOf<'ReplayTraceRecorded'>['trace_link']

const envelopeColumns = new Set<string>(Object.keys(eventColumns).slice(0, 13)).add('payload')

/** The columns beside the envelope's that the event of a row has. */
function details(event: Event): Partial<EventRow> {
  const row = eventRow(loggedEvent({ event_id: 'e', occurred_at: '2026-04-23T09:15:00Z', event }))
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && !envelopeColumns.has(name)))
}

const checks = [
  { name: 'budget', passed: true },
  { name: 'two-bids', passed: false, failure_reason: 'one bid' },
]
const hash = 'AB'.repeat(32)
const localTrace: Trace = {
  type: 'Local',
  base_model_hash: 'sha256:base',
  adapter: { adapter_id: 'lora@2', adapter_hash: 'x', merged: true },
  tokenizer_hash: 'x',
  seed: 7,
  sampler: { temperature: 0.2, top_p: 0.95 },
  prompt_version: '1',
  weights_mutated: false,
  execution_env: { device: 'cpu', backend: 'candle', precision: 'f32' },
}
const remoteTrace: Trace = {
  type: 'Remote',
  provider_name: 'anthropic',
  provider_model_id: 'claude',
  request_fingerprint: 'x',
  response_fingerprint: 'x',
  temperature: 0.7,
  top_p: 0.9,
  max_tokens: 4096,
  provider_metadata: {},
  retried: false,
  retry_reasons: [],
  replayability: 'None',
}
const proposal: DataOf<'ProposalCreated'>['proposal'] = {
  id: 'prop-1',
  kind: 'Plan',
  payload: 'text',
  trace_link: localTrace,
  contract_results: checks,
  requires_human: true,
  confidence: 0.7,
}
const provenance: DataOf<'RecallExecuted'>['provenance'] = {
  query_hash: 'x',
  embedding_input_hash: 'x',
  embedding_hash: 'x',
  embedder_id: 'e5',
  embedder_settings_hash: 'x',
  corpus_fingerprint: 'corpus',
  policy_snapshot_hash: 'free',
  candidate_scores: [],
  candidates_searched: 18452,
  candidates_returned: 3,
  stop_reason: 'ReachedTopK',
  latency_ms: 37,
  timestamp: 'x',
}
const request: DataOf<'GateDecisionRecorded'>['request'] = {
  gate_id: 'gate-1',
  proposal_id: 'prop-1',
  summary: 's',
  agent_id: 'agent-2',
  context_data: [],
  cycle: 7,
  requested_at: 'x',
  timeout: { timeout_secs: 14400, action: 'Escalate' },
}

const examples: readonly (readonly [Event, Partial<EventRow>])[] = [
  [
    { type: 'ProposalCreated', data: { proposal, chain_id: 'c', step: 'Planning', policy_snapshot_hash: hash } },
    {
      proposal_id: 'prop-1',
      proposal_kind: 'Plan',
      chain_id: 'c',
      step: 'Planning',
      policy_snapshot_hash: hash.toLowerCase(),
      requires_human: true,
      confidence: 0.7,
      checks_total: 2,
      checks_failed: 1,
      trace_type: 'Local',
      model_id: 'sha256:base',
      adapter_id: 'lora@2',
      replayability: 'Deterministic',
    },
  ],
  [
    {
      type: 'ProposalValidated',
      data: {
        proposal_id: 'p',
        chain_id: 'c',
        step: 'Evaluation',
        contract_results: checks,
        all_passed: true,
        validator: 'v',
      },
    },
    {
      proposal_id: 'p',
      chain_id: 'c',
      step: 'Evaluation',
      passed: true,
      actor: 'v',
      checks_total: 2,
      checks_failed: 1,
    },
  ],
  [
    {
      type: 'FactPromoted',
      data: { proposal_id: 'p', fact_id: 'f', promoted_by: 'cfo', reason: 'r', requires_human: false },
    },
    { proposal_id: 'p', fact_id: 'f', actor: 'cfo', reason: 'r', requires_human: false },
  ],
  [
    {
      type: 'RecallExecuted',
      data: { query: { query_text: 'q', top_k: 3, step_context: 'Reasoning' }, provenance, trace_link_id: 't' },
    },
    {
      trace_link_id: 't',
      step: 'Reasoning',
      top_k: 3n,
      embedder_id: 'e5',
      corpus_fingerprint: 'corpus',
      policy_snapshot_hash: 'free',
      recall_purpose: 'RuntimeAugmentation',
      candidates_searched: 18452n,
      candidates_returned: 3n,
      stop_reason: 'ReachedTopK',
      latency_ms: 37n,
    },
  ],
  [
    { type: 'ReplayTraceRecorded', data: { trace_link_id: 't', trace_link: remoteTrace } },
    { trace_link_id: 't', trace_type: 'Remote', provider_name: 'anthropic', model_id: 'claude', replayability: 'None' },
  ],
  [
    {
      type: 'ReplayabilityDowngraded',
      data: { trace_link_id: 't', from: 'Deterministic', to: 'BestEffort', reason: 'NoSeedProvided' },
    },
    {
      trace_link_id: 't',
      previous_replayability: 'Deterministic',
      replayability: 'BestEffort',
      reason: 'NoSeedProvided',
    },
  ],
  [
    {
      type: 'ArtifactStateTransitioned',
      data: {
        artifact_id: 'a',
        artifact_kind: { Other: 'Pack' },
        event: {
          from_state: 'Draft',
          to_state: 'Active',
          timestamp: 'x',
          actor: 'bot',
          reason: 'r',
          ticket_ref: 'CHG-1',
        },
      },
    },
    {
      artifact_id: 'a',
      artifact_kind: 'Other',
      artifact_kind_other: 'Pack',
      from_state: 'Draft',
      to_state: 'Active',
      transition_allowed: false,
      actor: 'bot',
      reason: 'r',
      ticket_ref: 'CHG-1',
    },
  ],
  [
    {
      type: 'ArtifactRollbackRecorded',
      data: {
        rollback: {
          artifact_id: 'a',
          previous_state: 'Active',
          rolled_back_at: 'x',
          actor: 'lead',
          reason: 'drift',
          impact: {
            affected_count: 9,
            quality_issues: [],
            invalidates_outputs: true,
            severity: 'High',
            affected_tenants: [],
          },
          incident_ref: 'INC-1',
        },
      },
    },
    {
      artifact_id: 'a',
      from_state: 'Active',
      to_state: 'RolledBack',
      transition_allowed: true,
      actor: 'lead',
      reason: 'drift',
      ticket_ref: 'INC-1',
      severity: 'High',
      affected_count: 9n,
      invalidates_outputs: true,
    },
  ],
  [
    {
      type: 'BackendInvoked',
      data: {
        backend_name: 'b',
        adapter_id: 'lora@2',
        trace_link_id: 't',
        step: 'Planning',
        policy_snapshot_hash: hash,
      },
    },
    {
      backend: 'b',
      adapter_id: 'lora@2',
      trace_link_id: 't',
      step: 'Planning',
      policy_snapshot_hash: hash.toLowerCase(),
    },
  ],
  [
    outcome('e', {
      passed: false,
      stop_reason: { Error: { message: 'm', category: 'Resource' } },
      latency_ms: 1n,
      tokens: 2n ** 64n - 1n,
      cost_microdollars: 0,
      backend: 'b',
    }).event,
    {
      chain_id: 'chain-1',
      step: 'Planning',
      passed: false,
      stop_reason: 'Error',
      latency_ms: 1n,
      tokens: 2n ** 64n - 1n,
      cost_microdollars: 0n,
      backend: 'b',
    },
  ],
  [
    {
      type: 'BudgetExceeded',
      data: { chain_id: 'c', resource: { Other: 'Tokens' }, limit: '900', observed: '1043.5' },
    },
    {
      chain_id: 'c',
      budget_resource: 'Other',
      budget_resource_other: 'Tokens',
      budget_limit: '900',
      budget_observed: '1043.5',
    },
  ],
  [
    {
      type: 'PolicySnapshotCaptured',
      data: {
        policy_id: 'p',
        policy: {
          type: 'Routing',
          policy: {
            truth_preferences: {},
            risk_tier_backends: {},
            data_classification_backends: {},
            default_backend: 'l',
          },
        },
        snapshot_hash: hash,
        captured_by: 'admin',
      },
    },
    { policy_id: 'p', policy_type: 'Routing', policy_snapshot_hash: hash.toLowerCase(), actor: 'admin' },
  ],
  [
    {
      type: 'HypothesisResolved',
      data: {
        chain_id: 'c',
        fact_id: 'f',
        domain: 'd',
        claim: 'x',
        confidence: 0.8125,
        outcome: 'Falsified',
        contradiction_id: 't',
        formed_cycle: 2,
        resolved_cycle: 6,
      },
    },
    {
      chain_id: 'c',
      fact_id: 'f',
      hypothesis_domain: 'd',
      hypothesis_outcome: 'Falsified',
      confidence: 0.8125,
      contradiction_id: 't',
      formed_cycle: 2,
      resolved_cycle: 6,
    },
  ],
  [
    {
      type: 'GateDecisionRecorded',
      data: {
        request,
        decision: { gate_id: 'other', verdict: { Reject: { reason: 'wait' } }, decided_by: 'cfo', decided_at: 'x' },
      },
    },
    {
      gate_id: 'gate-1',
      proposal_id: 'prop-1',
      agent_id: 'agent-2',
      gate_cycle: 7,
      gate_timeout_seconds: 14400n,
      gate_timeout_action: 'Escalate',
      gate_verdict: 'Reject',
      reason: 'wait',
      actor: 'cfo',
    },
  ],
]

function instantOf(instant: bigint): bigint {
  return eventRow(loggedEvent(outcome('e'), { instant })).instant
}

describe('row of an event', () => {
  test.each(examples.map(([event, columns]) => [event.type, event, columns] as const))(
    'holds what a %s has, and nothing else',
    (_, event, columns) => {
      expect(details(event)).toEqual(columns)
    },
  )

  test('takes the envelope and its place in the log', () => {
    const logged = loggedEvent(outcome('evt-1', {}, { correlation_id: 'run-1' }), {
      partition: 3,
      offset: offset(2n ** 53n),
    })
    expect(eventRow(logged)).toMatchObject({
      tenant_id: 'acme',
      instant: 1_776_935_700_000_000_000n,
      instant_source: 'text',
      event_id: 'evt-1',
      occurred_at: '2026-04-23T09:15:00Z',
      correlation_id: 'run-1',
      kind: 'OutcomeRecorded',
      digest: logged.digest,
      topic: 'experience.events.acme',
      partition: 3,
      offset: 2n ** 53n,
      logged_at: 1_767_225_600_000,
      sequence: 0,
      payload: eventDataToJson(logged.envelope.event),
    })
  })

  test('names no tenant with an empty text', () => {
    expect(eventRow(loggedEvent(outcome('e', {}, { tenant_id: null }))).tenant_id).toBe('')
  })

  test('brings instants that DateTime64 cannot hold to the nearer end', () => {
    expect(instantOf(-(10n ** 20n))).toBe(-2_208_988_800_000_000_000n)
    expect(instantOf(10n ** 20n)).toBe(2n ** 63n - 1n)
    expect(instantOf(-1n)).toBe(-1n)
  })

  test('has no confidence where the event prints null', () => {
    const created = { proposal: { ...proposal, confidence: 1e39 }, chain_id: 'c', step: 'Planning' } as const
    expect(details({ type: 'ProposalCreated', data: created })).not.toHaveProperty('confidence')
  })

  test('gives two rows of the same event no shared state', () => {
    const first = eventRow(loggedEvent(outcome('a', { tokens: 1 })))
    expect(eventRow(loggedEvent(outcome('b'))).tokens).toBeNull()
    expect(first.tokens).toBe(1n)
  })
})
