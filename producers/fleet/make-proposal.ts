import { JsonText } from '../../schemas/contract/json-text.ts'
import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { ReplayTrace } from '../../schemas/contract/replay-trace.ts'
import type { Chain } from './chain.ts'

type ProposalCreated = Extract<ExperienceEvent, { type: 'ProposalCreated' }>['data']['proposal']

const KINDS = {
  Reasoning: ['Claims', 'Reasoning', 'Classification'],
  Evaluation: ['Evaluation', 'Claims'],
  Planning: ['Plan', 'DraftDocument'],
} as const

/** The proposal as a form to act on. The numbers are ones that JSON.stringify prints as the contract does. */
function structured({ run }: Chain): JsonText {
  const { random, topic, agent } = run
  const { thing } = agent.tenant.domain
  const head = `{"${thing}_id":${random.chance(0.02) ? '9223372036854775807' : random.between(1e6, 9e6)},`
  return JsonText.ofNormalised(
    head +
      JSON.stringify({
        action: random.pick(['hold', 'release', 'escalate', 'amend']),
        priority: random.between(1, 5),
        share: topic.share + 0.5,
        places: [topic.place],
        deadline_hours: random.chance(0.3) ? null : topic.count,
      }).slice(1),
  )
}

/** What the agent proposes in a chain, from a model call with this trace. */
export function makeProposal(chain: Chain, trace: ReplayTrace, requiresHuman: boolean): ProposalCreated {
  const { run, step } = chain
  const { random, topic, agent } = run
  const { claims, plans, findings, contracts } = agent.tenant.domain
  const kind = random.pick(KINDS[step])
  const text = random.pick(step === 'Planning' ? plans : claims)(topic)
  return {
    id: chain.proposalId,
    kind,
    payload: random.chance(0.4) ? `${text}\n\n${random.pick(findings)(topic)}` : text,
    structured_payload: random.chance(0.5) ? structured(chain) : null,
    trace_link: trace,
    contract_results: random.chance(0.3)
      ? [{ name: random.pick(contracts).name, passed: true, failure_reason: null }]
      : [],
    requires_human: requiresHuman,
    confidence: random.chance(0.9) ? Math.fround(random.between(350, 990) / 1000) : null,
  }
}
