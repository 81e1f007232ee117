import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { FleetAgent, Story, StoryEvent } from './agent.ts'
import { capturePolicy } from './capture-policy.ts'
import { Chain } from './chain.ts'
import { askGate, decideGate } from './decide-gate.ts'
import { exhaust, fail, recordOutcome, reject, succeed, waitForHuman, type Ending } from './end-chain.ts'
import { executeRecall } from './execute-recall.ts'
import { makeProposal } from './make-proposal.ts'
import { makeTrace } from './make-trace.ts'
import { Run } from './run.ts'

/** What chain stories return: how the chain ended, or null where it has said so itself. */
type ChainStory = Generator<StoryEvent, Ending>

/** One run of an agent: a policy snapshot where there is a new one, then one to three chains under one correlation id. */
export function* runStory(agent: FleetAgent, start: number): Story {
  const run = new Run(agent, start)
  const { random } = run
  const { tenant } = agent
  if (tenant.policyHash === null || random.chance(0.1)) {
    const captured = capturePolicy(agent)
    yield run.emit(captured)
    tenant.policyHash = captured.data.snapshot_hash
    run.wait(random.between(2, 40))
  }
  const chains = random.chance(0.7) ? 1 : random.between(2, 3)
  for (let index = 0; index < chains; index++) {
    const chain = new Chain(run, index)
    const ending = yield* chainStory(chain)
    run.wait(random.between(2, 60))
    yield run.emit(recordOutcome(chain, ending))
    if (ending.passed && random.chance(0.3)) yield* resolveHypothesis(chain)
    run.wait(random.between(5, 400))
  }
}

/** From recall to the end of the model call; the outcome is the caller's to record. */
function* chainStory(chain: Chain): ChainStory {
  const { run, step, backend, chainId, proposalId, traceLinkId } = chain
  const { random, agent } = run
  const { domain, policyHash } = agent.tenant

  const recall = random.chance(0.65) ? executeRecall(run, traceLinkId) : null
  if (recall !== null) {
    run.wait(recall.latencyMs)
    yield run.emit(recall.executed)
  }

  const requiresHuman = random.chance(0.15)
  const trace = makeTrace(run, backend, recall)
  const proposal = makeProposal(chain, trace, requiresHuman)
  run.wait(random.between(80, 900))
  yield run.emit({
    type: 'ProposalCreated',
    data: { proposal, chain_id: chainId, step, policy_snapshot_hash: policyHash },
  })

  const failure = random.chance(0.09) ? random.pick(domain.contracts) : null
  run.wait(random.between(3, 60))
  yield run.emit(validate(chain, failure))
  if (failure !== null) return reject(chain, failure.failure)

  if (requiresHuman) {
    if (random.chance(0.08)) return waitForHuman(chain, askGate(chain).summary)
    const { recorded, rejection } = decideGate(chain)
    yield run.emit(recorded)
    if (rejection !== null) return reject(chain, rejection)
  }

  run.wait(random.between(1, 20))
  yield run.emit({
    type: 'FactPromoted',
    data: {
      proposal_id: proposalId,
      fact_id: chain.factId,
      promoted_by: requiresHuman ? 'promotion-gate' : agent.id,
      reason: requiresHuman ? 'approved at the human gate' : 'proposal validated and promoted in engine merge',
      requires_human: requiresHuman,
    },
  })

  run.wait(random.between(2, 60))
  yield run.emit({
    type: 'BackendInvoked',
    data: {
      backend_name: backend.name,
      adapter_id: trace.type === 'Local' ? (trace.adapter?.adapter_id ?? null) : null,
      trace_link_id: traceLinkId,
      step,
      policy_snapshot_hash: policyHash,
    },
  })
  run.wait(chain.latencyMs)
  run.cycle += random.between(1, 3)

  yield run.emit({ type: 'ReplayTraceRecorded', data: { trace_link_id: traceLinkId, trace_link: trace } })
  if (trace.type === 'Remote' && random.chance(0.12)) yield run.emit(downgrade(chain, trace.replayability))

  if (random.chance(backend.failureRate)) return fail(chain)
  if (random.chance(0.04)) {
    const { exceeded, ending } = exhaust(chain)
    yield run.emit(exceeded)
    return ending
  }
  return succeed(chain)
}

function validate(
  { run, chainId, proposalId, step }: Chain,
  failure: { readonly name: string; readonly failure: string } | null,
): ExperienceEvent {
  return {
    type: 'ProposalValidated',
    data: {
      proposal_id: proposalId,
      chain_id: chainId,
      step,
      contract_results: run.agent.tenant.domain.contracts.map(({ name }) =>
        name === failure?.name
          ? { name, passed: false, failure_reason: failure.failure }
          : { name, passed: true, failure_reason: null },
      ),
      all_passed: failure === null,
      validator: run.random.chance(0.8) ? 'contract-validator' : 'peer-review-agent',
    },
  }
}

function downgrade({ run, traceLinkId }: Chain, claimed: 'Deterministic' | 'BestEffort' | 'None'): ExperienceEvent {
  return {
    type: 'ReplayabilityDowngraded',
    data: {
      trace_link_id: traceLinkId,
      from: claimed === 'None' ? 'BestEffort' : claimed,
      to: 'None',
      reason: run.random.pick([
        'RemoteBackendUsed',
        'NoSeedProvided',
        'RecallEmbedderNotDeterministic',
        'MultipleReasons',
      ]),
    },
  }
}

function* resolveHypothesis({ run, chainId, factId }: Chain): Generator<StoryEvent, void> {
  const { random, agent, topic } = run
  const { domain } = agent.tenant
  const formed = run.cycle
  run.cycle += random.between(1, 6)
  run.wait(random.logNormal(4000, 0.8))
  const outcome = random.pick(['Confirmed', 'Confirmed', 'Confirmed', 'Falsified', 'Superseded', 'Unresolved'] as const)
  yield run.emit({
    type: 'HypothesisResolved',
    data: {
      chain_id: chainId,
      fact_id: factId,
      domain: domain.name,
      claim: random.pick(domain.claims)(topic),
      confidence: random.between(50_000, 990_000) / 1e6,
      outcome,
      contradiction_id: outcome === 'Falsified' ? `contra-${factId}` : null,
      formed_cycle: formed,
      resolved_cycle: run.cycle,
    },
  })
}
