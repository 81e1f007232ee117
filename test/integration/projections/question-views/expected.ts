import type { LoggedEvent } from '../../../../projections/events/event-row.ts'
import type { ExperienceEvent } from '../../../../schemas/contract/experience-event.ts'
import { parseInstant } from '../../../../schemas/instant.ts'

type Kind = ExperienceEvent['type']
type Data<K extends Kind> = Extract<ExperienceEvent, { type: K }>['data']
type Row = Readonly<Record<string, unknown>>

interface Of<K extends Kind> {
  readonly logged: LoggedEvent
  readonly data: Data<K>
}

/** The events of a kind, in the order of their tenant. */
function of<K extends Kind>(events: readonly LoggedEvent[], kind: K): Of<K>[] {
  return events
    .filter(({ envelope }) => envelope.event.type === kind)
    .map((logged) => ({ logged, data: logged.envelope.event.data as Data<K> }))
    .toSorted((a, b) => (isBefore(a.logged, b.logged) ? -1 : 1))
}

function isBefore(a: LoggedEvent, b: LoggedEvent): boolean {
  if (a.instant !== b.instant) return a.instant < b.instant
  if (a.partition !== b.partition) return a.partition < b.partition
  return a.offset < b.offset
}

function tenantOf({ envelope }: LoggedEvent): string {
  return envelope.tenant_id ?? ''
}
const HOUR = 3_600_000_000_000n
function hourOf({ instant }: LoggedEvent): string {
  return secondsText(instant - (((instant % HOUR) + HOUR) % HOUR))
}

function secondsText(instant: bigint): string {
  return new Date(Number(instant / 1_000_000n)).toISOString().slice(0, 19).replace('T', ' ')
}

export function instantText(instant: bigint): string {
  const fraction = ((instant % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  return `${secondsText(instant - fraction)}.${fraction.toString().padStart(9, '0')}`
}

function usd(microdollars: readonly (bigint | null | undefined)[]): number | null {
  const told = microdollars.filter((each) => each !== null && each !== undefined)
  return told.length === 0 ? null : Number(told.reduce((sum, each) => sum + each, 0n)) / 1e6
}

function total(counts: readonly (bigint | null | undefined)[]): string | null {
  const told = counts.filter((each) => each !== null && each !== undefined)
  return told.length === 0 ? null : String(told.reduce((sum, each) => sum + each, 0n))
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => readonly unknown[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = JSON.stringify(keyOf(item))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function keysOf(key: string): unknown[] {
  return JSON.parse(key) as unknown[]
}

export function calibrationOf(events: readonly LoggedEvent[]): Row[] {
  const tenth = ({ data }: Of<'HypothesisResolved'>): number | null =>
    data.confidence >= 0 && data.confidence <= 1 ? Math.min(9, Math.floor(data.confidence * 10)) : null
  const groups = grouped(of(events, 'HypothesisResolved'), (each) => [
    tenantOf(each.logged),
    hourOf(each.logged),
    each.data.domain,
    tenth(each),
  ])
  return [...groups].map(([key, rows]) => {
    const [tenant_id, hour, domain, bin] = keysOf(key)
    const count = (outcome: string): string => String(rows.filter(({ data }) => data.outcome === outcome).length)
    const decided = rows.filter(({ data }) => data.outcome === 'Confirmed' || data.outcome === 'Falsified')
    const sum = (of_: (data: Data<'HypothesisResolved'>) => number): number | null =>
      decided.length === 0 ? null : decided.reduce((all, { data }) => all + of_(data), 0)
    return {
      tenant_id,
      hour,
      domain,
      confidence_from: bin === null ? null : (bin as number) / 10,
      confidence_to: bin === null ? null : ((bin as number) + 1) / 10,
      hypotheses: String(rows.length),
      confirmed: count('Confirmed'),
      falsified: count('Falsified'),
      superseded: count('Superseded'),
      unresolved: count('Unresolved'),
      decided: String(decided.length),
      decided_confidence_sum: sum(({ confidence }) => confidence),
      squared_error_sum: sum(({ confidence, outcome }) => (confidence - Number(outcome === 'Confirmed')) ** 2),
    }
  })
}

export function gateWaitsOf(events: readonly LoggedEvent[]): Row[] {
  return of(events, 'GateDecisionRecorded').map(({ logged, data: { request, decision } }) => {
    const requested = parseInstant(request.requested_at)
    const decided = parseInstant(decision.decided_at)
    const isKnown = requested !== null && decided !== null && requested <= decided
    const wait = isKnown ? Number(decided - requested) / 1e6 : null
    const unknown = (): string | null => {
      if (requested === null && decided === null) return 'neither time can be read'
      if (requested === null) return 'requested_at cannot be read'
      if (decided === null) return 'decided_at cannot be read'
      return decided < requested ? 'decided before it was requested' : null
    }
    const { verdict } = decision
    return {
      tenant_id: tenantOf(logged),
      instant: instantText(logged.instant),
      event_id: logged.envelope.event_id,
      correlation_id: logged.envelope.correlation_id,
      gate_id: request.gate_id,
      proposal_id: request.proposal_id,
      agent_id: request.agent_id,
      verdict: typeof verdict === 'string' ? verdict : 'Reject',
      rejection_reason: typeof verdict === 'string' ? null : verdict.Reject.reason,
      decided_by: decision.decided_by,
      timeout_seconds: String(request.timeout.timeout_secs),
      timeout_action: request.timeout.action,
      requested_at: request.requested_at,
      decided_at: decision.decided_at,
      requested_instant: requested === null ? null : instantText(requested),
      decided_instant: decided === null ? null : instantText(decided),
      wait_ms: wait,
      wait_unknown: unknown(),
      past_timeout: wait === null ? null : Number(wait >= Number(request.timeout.timeout_secs) * 1000),
    }
  })
}

export function outcomeCostsOf(events: readonly LoggedEvent[]): Row[] {
  const groups = grouped(of(events, 'OutcomeRecorded'), ({ logged, data }) => [
    tenantOf(logged),
    hourOf(logged),
    data.backend ?? null,
    data.step,
  ])
  return [...groups].map(([key, rows]) => {
    const [tenant_id, hour, backend, step] = keysOf(key)
    const passed = rows.filter(({ data }) => data.passed)
    const costs = (all: readonly Of<'OutcomeRecorded'>[]) => all.map(({ data }) => data.cost_microdollars)
    const unknown = (all: readonly unknown[]): string => String(all.filter((each) => each === null).length)
    return {
      tenant_id,
      hour,
      backend,
      step,
      outcomes: String(rows.length),
      passed: String(passed.length),
      cost_usd: usd(costs(rows)),
      passed_cost_usd: usd(costs(passed)),
      without_cost: unknown(costs(rows)),
      passed_without_cost: unknown(costs(passed)),
      tokens: total(rows.map(({ data }) => data.tokens)),
      without_tokens: unknown(rows.map(({ data }) => data.tokens)),
    }
  })
}

export function chainRetriesOf(events: readonly LoggedEvent[]): Row[] {
  const chains = grouped(
    [...of(events, 'ProposalCreated'), ...of(events, 'ProposalValidated'), ...of(events, 'OutcomeRecorded')],
    ({ logged, data }) => [tenantOf(logged), data.chain_id],
  )
  return [...chains].map(([key, all]) => {
    const [tenant_id, chain_id] = keysOf(key)
    const logged = all.map((each) => each.logged)
    const traces = of(logged, 'ProposalCreated').map(({ data }) => data.proposal.trace_link)
    const remote = traces.flatMap((trace) => (trace.type === 'Remote' ? [trace] : []))
    const retried = remote.filter((trace) => trace.retried)
    const outcomes = of(logged, 'OutcomeRecorded').map(({ data }) => data)
    const instants = logged.map(({ instant }) => instant).toSorted((a, b) => (a < b ? -1 : 1))
    return {
      tenant_id,
      chain_id,
      first_instant: instantText(instants[0]!),
      last_instant: instantText(instants.at(-1)!),
      proposals: String(traces.length),
      failed_validations: String(of(logged, 'ProposalValidated').filter(({ data }) => !data.all_passed).length),
      retried_proposals: String(retried.length),
      retries_unknown: String(traces.length - remote.length),
      retry_reasons: retried.flatMap(({ retry_reasons }) => retry_reasons),
      outcomes: String(outcomes.length),
      passed: outcomes.at(-1)?.passed ?? null,
      tokens: total(outcomes.map(({ tokens }) => tokens)),
      cost_usd: usd(outcomes.map(({ cost_microdollars }) => cost_microdollars)),
      without_cost: String(outcomes.filter(({ cost_microdollars }) => cost_microdollars === null).length),
    }
  })
}

/** What both views of single outcomes are told by. */
function outcomeKey({ logged }: Of<'OutcomeRecorded'>): Row {
  return {
    tenant_id: tenantOf(logged),
    instant: instantText(logged.instant),
    event_id: logged.envelope.event_id,
  }
}

/** Events of a tenant up to an outcome, those at the same place of the log excluded. */
function before(events: readonly LoggedEvent[], outcome: LoggedEvent): LoggedEvent[] {
  return events.filter((each) => tenantOf(each) === tenantOf(outcome) && isBefore(each, outcome))
}

export function outcomePoliciesOf(events: readonly LoggedEvent[]): Row[] {
  return of(events, 'OutcomeRecorded').map((outcome) => {
    const earlier = before(events, outcome.logged)
    const named = of(earlier, 'ProposalCreated')
      .filter(({ data }) => data.chain_id === outcome.data.chain_id)
      .flatMap(({ data }) => data.policy_snapshot_hash ?? [])
    const captured = of(earlier, 'PolicySnapshotCaptured').map(({ data }) => data)
    const hash = named.at(-1) ?? captured.at(-1)?.snapshot_hash ?? null
    const ofType = (type: string): Row => {
      const some = captured.filter(({ policy }) => policy.type === type)
      return {
        [`${type.toLowerCase()}_hash`]: some.at(-1)?.snapshot_hash ?? null,
        [`${type.toLowerCase()}_policies`]: String(new Set(some.map(({ policy_id }) => policy_id)).size),
      }
    }
    return {
      ...outcomeKey(outcome),
      policy_hash: hash,
      policy_from: named.length > 0 ? 'chain' : hash === null ? 'unknown' : 'time',
      chain_policies: String(new Set(named).size),
      ...ofType('Kernel'),
      ...ofType('Routing'),
      ...ofType('Recall'),
    }
  })
}

export function outcomeAdaptersOf(events: readonly LoggedEvent[]): Row[] {
  return of(events, 'OutcomeRecorded').map((outcome) => {
    const earlier = before(events, outcome.logged)
    const proposals = of(earlier, 'ProposalCreated').filter(({ data }) => data.chain_id === outcome.data.chain_id)
    const trace = proposals.at(-1)?.data.proposal.trace_link
    const adapter = trace?.type === 'Local' ? (trace.adapter?.adapter_id ?? null) : null
    const states = earlier
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      .flatMap(({ envelope: { event } }) => {
        if (event.type === 'ArtifactStateTransitioned' && event.data.artifact_id === adapter)
          return [event.data.event.to_state]
        if (event.type === 'ArtifactRollbackRecorded' && event.data.rollback.artifact_id === adapter)
          return ['RolledBack']
        return []
      })
    const from = (): string => {
      if (trace === undefined) return 'no proposal'
      if (adapter !== null) return 'adapter'
      return trace.type === 'Remote' ? 'remote model' : 'no adapter'
    }
    return {
      ...outcomeKey(outcome),
      adapter_id: adapter,
      adapter_from: from(),
      model_id: trace === undefined ? null : trace.type === 'Remote' ? trace.provider_model_id : trace.base_model_hash,
      chain_proposals: String(proposals.length),
      artifact_state: states.at(-1) ?? null,
    }
  })
}
