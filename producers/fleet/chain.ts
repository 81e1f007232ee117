import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import { costOf, type ModelBackend } from './model-backends.ts'
import type { Run } from './run.ts'

type DecisionStep = Extract<ExperienceEvent, { type: 'OutcomeRecorded' }>['data']['step']

const STEPS = [
  { step: 'Reasoning', weight: 5 },
  { step: 'Evaluation', weight: 2 },
  { step: 'Planning', weight: 3 },
] as const satisfies readonly { step: DecisionStep; weight: number }[]

const MEDIAN_INPUT_TOKENS = 1800
const MEDIAN_OUTPUT_TOKENS = 350

/** One chain of decisions: its ids, and what its model call takes. */
export class Chain {
  readonly run: Run
  readonly step: DecisionStep
  readonly backend: ModelBackend
  readonly chainId: string
  readonly proposalId: string
  readonly factId: string
  readonly traceLinkId: string
  readonly gateId: string
  readonly latencyMs: number
  readonly tokens: number
  readonly costMicrodollars: number

  constructor(run: Run, index: number) {
    const { random, agent } = run
    this.run = run
    this.step = random.weighted(STEPS).step
    this.backend = random.weighted(agent.tenant.backends)
    const id = `${run.id}-${index}`
    this.chainId = `chain-${id}`
    this.proposalId = `prop-${id}`
    this.factId = `fact-${id}`
    this.traceLinkId = `trace-${id}`
    this.gateId = `gate-${id}`
    this.latencyMs = Math.max(1, Math.round(random.logNormal(this.backend.medianLatencyMs, this.backend.latencySigma)))
    const inputTokens = Math.ceil(random.logNormal(MEDIAN_INPUT_TOKENS, 0.7))
    const outputTokens = Math.ceil(random.logNormal(MEDIAN_OUTPUT_TOKENS, 0.8))
    this.tokens = inputTokens + outputTokens
    this.costMicrodollars = costOf(this.backend, inputTokens, outputTokens)
  }
}
