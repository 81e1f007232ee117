/** A model as the fleet calls it. Times and prices are of the right order, not anyone's price list. */
export interface ModelBackend {
  /** Name as `backend_name` and `backend` give it. */
  readonly name: string
  /** Null for a model that runs on the tenant's own machine. */
  readonly provider: string | null
  readonly model: string
  /** How often the fleet chooses it, relative to the others. */
  readonly weight: number
  /** Latency is log-normal: its median in ms, and the standard deviation of its logarithm. */
  readonly medianLatencyMs: number
  readonly latencySigma: number
  /** µ$ a token, which is the same as $ a million tokens. */
  readonly inputPrice: number
  readonly outputPrice: number
  /** Share of calls that fail by themselves: time-outs, overload, refusals. */
  readonly failureRate: number
}

export const modelBackends: readonly ModelBackend[] = [
  {
    name: 'anthropic-sonnet',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    weight: 6,
    medianLatencyMs: 2600,
    latencySigma: 0.55,
    inputPrice: 3,
    outputPrice: 15,
    failureRate: 0.01,
  },
  {
    name: 'anthropic-haiku',
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    weight: 5,
    medianLatencyMs: 900,
    latencySigma: 0.45,
    inputPrice: 1,
    outputPrice: 5,
    failureRate: 0.012,
  },
  {
    name: 'openai-mini',
    provider: 'openai',
    model: 'gpt-5-mini',
    weight: 5,
    medianLatencyMs: 1400,
    latencySigma: 0.6,
    inputPrice: 0.25,
    outputPrice: 2,
    failureRate: 0.02,
  },
  {
    name: 'mistral-large',
    provider: 'mistral',
    model: 'mistral-large-2411',
    weight: 3,
    medianLatencyMs: 1900,
    latencySigma: 0.5,
    inputPrice: 2,
    outputPrice: 6,
    failureRate: 0.025,
  },
  {
    name: 'vertex-flash',
    provider: 'google',
    model: 'gemini-2.5-flash',
    weight: 4,
    medianLatencyMs: 700,
    latencySigma: 0.7,
    inputPrice: 0.3,
    outputPrice: 2.5,
    failureRate: 0.015,
  },
  {
    name: 'converge-local',
    provider: null,
    model: 'qwen3-8b-instruct',
    weight: 4,
    medianLatencyMs: 4200,
    latencySigma: 0.35,
    // What the machine costs, spread over its tokens.
    inputPrice: 0.02,
    outputPrice: 0.08,
    failureRate: 0.005,
  },
]

/** What a call costs, in whole µ$, rounded up as bills are. */
export function costOf(backend: ModelBackend, inputTokens: number, outputTokens: number): number {
  return Math.ceil(inputTokens * backend.inputPrice + outputTokens * backend.outputPrice)
}
