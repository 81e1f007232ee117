import type { BudgetResource, ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { StopReason } from '../../schemas/contract/stop-reason.ts'
import type { Chain } from './chain.ts'

/** How a chain ends. */
export interface Ending {
  readonly passed: boolean
  readonly stopReason: StopReason | null
}

const ERRORS = [
  { message: 'upstream timed out after 60 s', category: 'External' },
  { message: 'provider answered 529 overloaded three times', category: 'External' },
  { message: 'answer is not valid against the proposal schema', category: 'Internal' },
  { message: 'no backend is configured for data class Restricted', category: 'Configuration' },
] as const

const REFUSALS = ['the request asks for personal data that the task does not need', 'outside of the agent’s mandate']

/** The outcome of a chain. One in twenty comes from an engine that measures nothing. */
export function recordOutcome(chain: Chain, { passed, stopReason }: Ending): ExperienceEvent {
  const { random, agent } = chain.run
  const measured = random.chance(0.95)
  return {
    type: 'OutcomeRecorded',
    data: {
      chain_id: chain.chainId,
      step: chain.step,
      passed,
      stop_reason: stopReason,
      latency_ms: measured ? BigInt(chain.latencyMs) : null,
      tokens: measured ? BigInt(chain.tokens) : null,
      cost_microdollars: measured ? BigInt(chain.costMicrodollars) : null,
      backend: measured ? chain.backend.name : 'converge-engine',
      metadata:
        measured && random.chance(0.6)
          ? new Map([
              ['agent', agent.id],
              ['domain', agent.tenant.domain.name],
              ['model', chain.backend.model],
            ])
          : new Map<string, string>(),
    },
  }
}

/** How a chain ends whose proposal was good and whose model answered. */
export function succeed({ run }: Chain): Ending {
  const { random, agent } = run
  if (random.chance(0.01)) return { passed: true, stopReason: 'UserCancelled' }
  if (random.chance(0.6)) return { passed: true, stopReason: 'Converged' }
  return { passed: true, stopReason: { CriteriaMet: { criteria: [random.pick(agent.tenant.domain.truths)] } } }
}

/** How a chain ends whose proposal failed its checks, or was turned down at the gate. */
export function reject(chain: Chain, reason: string): Ending {
  const { random } = chain.run
  const { contracts } = chain.run.agent.tenant.domain
  if (random.chance(0.6))
    return { passed: false, stopReason: { PromotionRejected: { proposal_id: chain.proposalId, reason } } }
  const invariant = random.pick(['Structural', 'Semantic', 'Acceptance'] as const)
  return {
    passed: false,
    stopReason: { InvariantViolated: { class: invariant, name: random.pick(contracts).name, reason } },
  }
}

/** How a chain ends that waits for a human who has not answered. */
export function waitForHuman(chain: Chain, summary: string): Ending {
  const { random, agent, cycle } = chain.run
  const { gateId, proposalId } = chain
  return {
    passed: false,
    stopReason: random.chance(0.7)
      ? { HitlGatePending: { gate_id: gateId, proposal_id: proposalId, summary, agent_id: agent.id, cycle } }
      : { HumanInterventionRequired: { criteria: [random.pick(agent.tenant.domain.truths)], approval_refs: [gateId] } },
  }
}

/** How a chain ends whose model call failed. */
export function fail({ run }: Chain): Ending {
  const { random, agent } = run
  return random.chance(0.8)
    ? { passed: false, stopReason: { Error: random.pick(ERRORS) } }
    : { passed: false, stopReason: { AgentRefused: { agent_id: agent.id, reason: random.pick(REFUSALS) } } }
}

interface Exhaustion {
  readonly resource: BudgetResource
  readonly limit: string
  readonly observed: string | null
  readonly stopReason: StopReason
}

const exhaustions: readonly ((chain: Chain) => Exhaustion)[] = [
  ({ tokens }) => {
    const limit = Math.max(500, Math.floor(tokens / 500) * 500)
    const stopReason = { TokenBudgetExhausted: { tokens_consumed: BigInt(tokens), limit: BigInt(limit) } }
    return { resource: 'Tokens', limit: `${limit} tokens`, observed: `${tokens}`, stopReason }
  },
  ({ latencyMs }) => {
    const limit = Math.max(100, Math.floor(latencyMs / 100) * 100)
    const stopReason = { TimeBudgetExhausted: { duration_ms: BigInt(latencyMs), limit_ms: BigInt(limit) } }
    return { resource: 'Time', limit: `${limit}ms`, observed: `${latencyMs}ms`, stopReason }
  },
  ({ run }) => {
    const limit = run.random.pick([10, 20, 40])
    const stopReason = { CycleBudgetExhausted: { cycles_executed: limit, limit } }
    return { resource: 'Cycles', limit: `${limit}`, observed: `${limit}`, stopReason }
  },
  ({ run }) => {
    const limit = run.random.pick([50, 100, 250])
    const stopReason = { FactBudgetExhausted: { facts_count: limit + run.random.between(0, 9), limit } }
    return { resource: 'Facts', limit: `${limit} facts`, observed: null, stopReason }
  },
  // As the engine itself writes it (docs/contract.md §12.1).
  ({ run }) => {
    const limit = `max_cycles (${run.random.pick([20, 50])})`
    const message = `budget exhausted: ${limit}`
    return { resource: 'EngineBudget', limit, observed: null, stopReason: { Error: { message, category: 'Resource' } } }
  },
  ({ costMicrodollars }) => {
    const message = 'the day’s budget of the tenant is spent'
    const stopReason: StopReason = { Error: { message, category: 'Resource' } }
    return { resource: 'Cost', limit: '25.00 USD a day', observed: `25.00 USD + ${costMicrodollars} µ$`, stopReason }
  },
  ({ run }) => {
    const stopReason: StopReason = { Error: { message: 'tool quota is used up', category: 'Resource' } }
    return { resource: { Other: 'tool_calls' }, limit: '64', observed: `${64 + run.cycle}`, stopReason }
  },
]

/** How a chain ends that used up a budget: what ran out, as an event of its own, and the ending. */
export function exhaust(chain: Chain): { readonly exceeded: ExperienceEvent; readonly ending: Ending } {
  const { resource, limit, observed, stopReason } = chain.run.random.pick(exhaustions)(chain)
  return {
    exceeded: { type: 'BudgetExceeded', data: { chain_id: chain.chainId, resource, limit, observed } },
    ending: { passed: false, stopReason },
  }
}
