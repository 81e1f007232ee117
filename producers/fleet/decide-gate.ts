import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { Chain } from './chain.ts'

type GateDecisionRecorded = Extract<ExperienceEvent, { type: 'GateDecisionRecorded' }>
type GateRequest = GateDecisionRecorded['data']['request']

const MEDIAN_DECISION_MS = 90_000

/** A human's answer to a gate: the event, and what was said when it is no. */
export interface GateAnswer {
  readonly recorded: GateDecisionRecorded
  readonly rejection: string | null
}

/** The question that a chain puts to a human. */
export function askGate({ run, gateId, proposalId, costMicrodollars }: Chain): GateRequest {
  const { random, agent, topic } = run
  return {
    gate_id: gateId,
    proposal_id: proposalId,
    summary: `Promote the proposal on the ${topic.subject} (${topic.place})?`,
    agent_id: agent.id,
    rationale: random.chance(0.7) ? random.pick(agent.tenant.domain.findings)(topic) : null,
    context_data: [
      { label: 'subject', value: topic.subject },
      { label: 'cost so far', value: `${costMicrodollars} µ$` },
    ],
    cycle: run.cycle,
    requested_at: run.timestamp(),
    timeout: {
      timeout_secs: BigInt(random.pick([300, 900, 3600])),
      action: random.pick(['Reject', 'Escalate', 'Approve'] as const),
    },
  }
}

/** Waits for a human and takes the answer. */
export function decideGate(chain: Chain): GateAnswer {
  const { run, gateId } = chain
  const { random, agent } = run
  const request = askGate(chain)
  run.wait(random.logNormal(MEDIAN_DECISION_MS, 0.9))
  const rejection = random.chance(0.83) ? null : random.pick(agent.tenant.domain.contracts).failure
  const recorded: GateDecisionRecorded = {
    type: 'GateDecisionRecorded',
    data: {
      request,
      decision: {
        gate_id: gateId,
        verdict: rejection === null ? 'Approve' : { Reject: { reason: random.chance(0.85) ? rejection : null } },
        decided_by: random.pick(['m.kowalska', 'j.lindqvist', 'a.ferreira', 'timeout-policy']),
        decided_at: run.timestamp(),
      },
    },
  }
  return { recorded, rejection }
}
