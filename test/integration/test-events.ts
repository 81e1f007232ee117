import { randomUUID } from 'node:crypto'
import { parseEnvelope, type ExperienceEventEnvelopeInput } from '../../schemas/contract/envelope.ts'
import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'

type Head = Partial<Omit<ExperienceEventEnvelopeInput, 'event'>>
type Kind = ExperienceEvent['type']
type EventInput<K extends Kind> = Extract<ExperienceEventEnvelopeInput['event'], { readonly type: K }>
type Data<K extends Kind> = EventInput<K>['data']

/** An id that no other test has. */
export function uniqueId(name: string): string {
  return `${name}-${randomUUID().slice(0, 13)}`
}

/** An event with an id of its own; what a test does not care about is filled in. */
function envelope<K extends Kind>(type: K, data: Data<K>, head: Head): ExperienceEventEnvelopeInput {
  const event = { type, data } as unknown as ExperienceEventEnvelopeInput['event']
  return { event_id: uniqueId('evt'), occurred_at: '2026-04-23T09:00:00Z', ...head, event }
}

export function outcome(head: Head = {}, data: Partial<Data<'OutcomeRecorded'>> = {}): ExperienceEventEnvelopeInput {
  return envelope('OutcomeRecorded', { chain_id: 'chain-a', step: 'Planning', passed: true, ...data }, head)
}

export function budgetExceeded(
  head: Head = {},
  data: Partial<Data<'BudgetExceeded'>> = {},
): ExperienceEventEnvelopeInput {
  return envelope('BudgetExceeded', { chain_id: 'chain-a', resource: 'Tokens', limit: '1000', ...data }, head)
}

export function hypothesis(
  head: Head = {},
  data: Partial<Data<'HypothesisResolved'>> = {},
): ExperienceEventEnvelopeInput {
  const whole: Data<'HypothesisResolved'> = {
    chain_id: 'chain-a',
    fact_id: 'fact-1',
    domain: 'procurement',
    claim: 'The supplier delivers late.',
    confidence: 0.75,
    outcome: 'Confirmed',
    formed_cycle: 1,
    resolved_cycle: 2,
    ...data,
  }
  return envelope('HypothesisResolved', whole, head)
}

export function factPromoted(head: Head = {}, data: Partial<Data<'FactPromoted'>> = {}): ExperienceEventEnvelopeInput {
  const whole = { proposal_id: 'p-1', fact_id: 'f-1', promoted_by: 'a', reason: 'r', requires_human: false, ...data }
  return envelope('FactPromoted', whole, head)
}

export function validated(
  head: Head = {},
  data: Partial<Data<'ProposalValidated'>> = {},
): ExperienceEventEnvelopeInput {
  const whole: Data<'ProposalValidated'> = {
    proposal_id: 'p-1',
    chain_id: 'chain-a',
    step: 'Evaluation',
    contract_results: [],
    all_passed: true,
    validator: 'engine',
    ...data,
  }
  return envelope('ProposalValidated', whole, head)
}

export function backendInvoked(
  head: Head = {},
  data: Partial<Data<'BackendInvoked'>> = {},
): ExperienceEventEnvelopeInput {
  return envelope('BackendInvoked', { backend_name: 'local', trace_link_id: 't-1', step: 'Reasoning', ...data }, head)
}

/** A recorded trace whose provider tells recordings apart. */
export function traceRecorded(id: string, provider: string, head: Head = {}): ExperienceEventEnvelopeInput {
  const data: Data<'ReplayTraceRecorded'> = {
    trace_link_id: id,
    trace_link: {
      type: 'Remote',
      provider_name: provider,
      provider_model_id: 'm-1',
      request_fingerprint: 'a',
      response_fingerprint: 'b',
      temperature: 0.7,
      top_p: 1,
      max_tokens: 1024n,
      provider_metadata: {},
      retried: false,
      retry_reasons: [],
      replayability: 'BestEffort',
    },
  }
  return envelope('ReplayTraceRecorded', data, head)
}

export function transition(
  artifact: string,
  from: Data<'ArtifactStateTransitioned'>['event']['from_state'],
  to: Data<'ArtifactStateTransitioned'>['event']['to_state'],
  head: Head = {},
): ExperienceEventEnvelopeInput {
  const event = { from_state: from, to_state: to, timestamp: '2026-04-23T08:00:00Z', actor: 'reviewer', reason: 'r' }
  return envelope('ArtifactStateTransitioned', { artifact_id: artifact, artifact_kind: 'Adapter', event }, head)
}

export function rollback(artifact: string, head: Head = {}): ExperienceEventEnvelopeInput {
  const data: Data<'ArtifactRollbackRecorded'> = {
    rollback: {
      artifact_id: artifact,
      previous_state: 'Active',
      rolled_back_at: '2026-04-23T11:40:00Z',
      actor: 'oncall',
      reason: 'scores drifted',
      impact: { quality_issues: [], invalidates_outputs: false, severity: 'Low', affected_tenants: [] },
    },
  }
  return envelope('ArtifactRollbackRecorded', data, head)
}

/** An event as `ingest` reads and `query` prints it. */
export function json(event: ExperienceEventEnvelopeInput): string {
  return envelopeToJson(parseEnvelope(event))
}
