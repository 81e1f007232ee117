import type { ExperienceEventEnvelopeInput } from '../../../../schemas/contract/envelope.ts'
import type { LoggedEvent } from '../../../../projections/events/event-row.ts'
import { loggedEvent } from '../../../unit/projections/logged-events.ts'

type Event = ExperienceEventEnvelopeInput['event']
type Kind = Event['type']
type Data<K extends Kind> = Extract<Event, { readonly type: K }>['data']

const HIGHEST = 2n ** 64n - 1n
function hash(digit: number): string {
  return String(digit).repeat(64)
}

/** Pairs of requested_at and decided_at: known, unknown, and the wrong way round. */
const GATES: readonly (readonly [requested: string, decided: string])[] = [
  ['2026-04-23T09:00:00Z', '2026-04-23T09:05:00Z'],
  ['2026-04-23T09:00:00Z', '2026-04-23T09:04:59.999999999Z'],
  ['2026-04-23T09:00:00Z', '2026-04-23T09:00:00Z'],
  ['1776945600Z', '2026-04-23T14:00:00.5+02:00'],
  ['1776945600.25Z', '1776945601.75Z'],
  ['2026-04-22 23:59:59', '2026-04-22T24:00:00Z'],
  ['2026-06-30T23:59:60Z', '2026-07-01t00:00:01,5z'],
  ['2026-04-23T05:30:00-03:30', '2026-04-23T11:00+0200'],
  ['2026-04-23', '2026-04-23T00:00:00.1234567899Z'],
  ['2026-04-23T09:05:00Z', '2026-04-23T09:00:00Z'],
  ['2026-04-23T09:00:00Z', 'soon'],
  ['2026-04-23T09:00:00Z', ''],
  ['2026-02-30T09:00:00Z', '2026-04-23T09:00:00Z'],
  ['2026-04-23T25:00:00Z', '2026-04-23T09:00:00Z'],
  ['yesterday', '2026-13-01T00:00:00Z'],
]

/** Events of tenant `edge`, each a second after the one before unless it says otherwise. */
class Edge {
  readonly events: LoggedEvent[] = []

  add<K extends Kind>(type: K, data: Data<K>, occurredAt?: string): void {
    const number = this.events.length
    const occurred_at = occurredAt ?? new Date(Date.UTC(2026, 4, 1) + number * 1000).toISOString()
    const event_id = `edge-${String(number).padStart(3, '0')}`
    this.events.push(loggedEvent({ event_id, occurred_at, tenant_id: 'edge', event: { type, data } as Event }))
  }

  outcome(chain_id: string, data: Partial<Data<'OutcomeRecorded'>> = {}, at?: string): void {
    this.add('OutcomeRecorded', { chain_id, step: 'Planning', passed: true, ...data }, at)
  }

  policy(type: 'Kernel' | 'Recall', policy_id: string, snapshot_hash: string, at?: string): void {
    const policy =
      type === 'Kernel'
        ? {
            type,
            policy: {
              recall_enabled: true,
              recall_max_candidates: 5n,
              recall_min_score: 0.5,
              requires_human: false,
              required_truths: [],
            },
          }
        : {
            type,
            policy: {
              enabled: true,
              max_k_total: 5n,
              max_tokens_injection: 1n,
              min_score_threshold: 0.5,
              budgets: { max_latency_ms: 1n, max_embedding_calls: 1n, max_tokens_per_candidate: 1n },
            },
          }
    this.add('PolicySnapshotCaptured', { policy_id, policy, snapshot_hash, captured_by: 'x' }, at)
  }

  /** `trace`: `remote`, the adapter of a local model, or null for one without. */
  proposal(
    chain_id: string,
    trace: string | null,
    more: { named?: string; reasons?: string[]; isRetried?: boolean } = {},
  ): void {
    const { named = null, reasons = [], isRetried = reasons.length > 0 } = more
    const trace_link =
      trace === 'remote'
        ? ({
            type: 'Remote',
            provider_name: 'p',
            provider_model_id: 'm-1',
            request_fingerprint: 'a',
            response_fingerprint: 'b',
            temperature: 0.5,
            top_p: 1,
            max_tokens: 10n,
            provider_metadata: {},
            retried: isRetried,
            retry_reasons: reasons,
            replayability: 'BestEffort',
          } as const)
        : ({
            type: 'Local',
            base_model_hash: 'base',
            adapter: trace === null ? null : { adapter_id: trace, adapter_hash: 'h', merged: false },
            tokenizer_hash: 't',
            seed: 1n,
            sampler: { temperature: 0, top_p: 1 },
            prompt_version: 'v',
            weights_mutated: false,
            execution_env: { device: 'cpu', backend: 'x', precision: 'f32' },
          } as const)
    this.add('ProposalCreated', {
      chain_id,
      step: 'Planning',
      policy_snapshot_hash: named,
      proposal: { id: 'p', kind: 'Plan', payload: 'x', trace_link, contract_results: [], requires_human: false },
    })
  }

  transition(artifact_id: string, from_state: 'Draft' | 'Approved', to_state: 'Approved' | 'Active'): void {
    const event = { from_state, to_state, timestamp: '2026-04-23T08:00:00Z', actor: 'r', reason: 'r' }
    this.add('ArtifactStateTransitioned', { artifact_id, artifact_kind: 'Adapter', event })
  }
}

/** Missing times, time-outs, equal instants, several policies, nulls, and numbers at their bounds. */
export function edgeCases(): LoggedEvent[] {
  const edge = new Edge()
  for (const [requested_at, decided_at] of GATES) {
    const timeout = { timeout_secs: 300n, action: 'Reject' } as const
    edge.add('GateDecisionRecorded', {
      request: {
        gate_id: 'gate',
        proposal_id: 'p',
        summary: 's',
        agent_id: 'a',
        context_data: [],
        cycle: 1,
        requested_at,
        timeout,
      },
      decision: { gate_id: 'gate', verdict: { Reject: {} }, decided_by: 'timeout', decided_at },
    })
  }

  const confidences = [0, 0.1, 0.3, 0.6, 0.7, 0.9999, 1, 1.5, -0.1]
  for (const outcome of ['Confirmed', 'Falsified', 'Superseded', 'Unresolved'] as const) {
    for (const confidence of confidences) {
      // One tenth has nothing by which it could be judged.
      if (confidence === 0.3 && (outcome === 'Confirmed' || outcome === 'Falsified')) continue
      const claim = { chain_id: 'c', fact_id: 'f', domain: 'd', claim: 'x', formed_cycle: 2, resolved_cycle: 1 }
      edge.add('HypothesisResolved', { ...claim, confidence, outcome })
    }
  }

  edge.outcome('before-any')
  edge.outcome('wide', { backend: 'wide', tokens: HIGHEST, cost_microdollars: HIGHEST })
  edge.outcome('wide', { backend: 'wide', tokens: HIGHEST, cost_microdollars: HIGHEST, passed: false })
  edge.outcome('silent', { backend: 'silent' })
  edge.outcome('free', { backend: 'free', tokens: 0n, cost_microdollars: 0n, passed: false })

  const same = '2026-05-01T12:00:00Z'
  edge.outcome('tie-1', {}, same)
  edge.policy('Kernel', 'k-1', hash(1), same)
  edge.outcome('tie-2', {}, same)
  edge.policy('Kernel', 'k-2', hash(2), same)
  edge.policy('Recall', 'r-1', hash(3), same)
  edge.outcome('tie-3', {}, same)

  // Chains that name policies: of another hash than was captured, several, after the outcome.
  edge.proposal('named', 'remote', { named: hash(4) })
  edge.outcome('named')
  edge.proposal('named', 'remote')
  edge.outcome('named')
  edge.proposal('named', 'remote', { named: hash(5), reasons: ['429', 'timeout'] })
  edge.outcome('named', { passed: false })
  edge.outcome('named-late')
  edge.proposal('named-late', null, { named: hash(6) })

  // Retries without a reason, reasons of several proposals, a validation that failed, a chain that has not ended.
  edge.proposal('again', 'remote', { isRetried: true })
  edge.proposal('again', 'remote', { reasons: ['503'] })
  edge.proposal('again', null)
  for (const all_passed of [false, true]) {
    edge.add('ProposalValidated', {
      proposal_id: 'p',
      chain_id: 'again',
      step: 'Evaluation',
      contract_results: [],
      all_passed,
      validator: 'v',
    })
  }

  // An adapter that is an artifact, before and after its transitions, and after a rollback.
  edge.proposal('adapted', 'lora-1')
  edge.outcome('adapted')
  edge.transition('lora-1', 'Draft', 'Approved')
  edge.transition('lora-2', 'Approved', 'Active')
  edge.outcome('adapted')
  edge.transition('lora-1', 'Approved', 'Active')
  edge.outcome('adapted', { passed: false })
  edge.add('ArtifactRollbackRecorded', {
    rollback: {
      artifact_id: 'lora-1',
      previous_state: 'Active',
      rolled_back_at: 'x',
      actor: 'a',
      reason: 'r',
      impact: { quality_issues: [], invalidates_outputs: false, severity: 'Low', affected_tenants: [] },
    },
  })
  edge.outcome('adapted')
  edge.proposal('adapted', null)
  edge.outcome('adapted')
  return edge.events
}
