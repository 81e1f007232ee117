import type { ReplayTrace } from '../../schemas/contract/replay-trace.ts'
import type { ModelBackend } from './model-backends.ts'
import type { Recall } from './execute-recall.ts'
import type { Run } from './run.ts'

const RETRY_REASONS = [
  '429 too many requests',
  '503 overloaded',
  'connection reset by peer',
  'read timed out after 30 s',
]

const temperatures = [0, 0.1, 0.2, 0.7, 1].map(Math.fround)
const topPs = [0.9, 0.95, 1].map(Math.fround)

/** How the backend made a proposal: Local for the tenant's own machine, Remote for a provider's. */
export function makeTrace(run: Run, backend: ModelBackend, recall: Recall | null): ReplayTrace {
  const { random, agent } = run
  const domain = agent.tenant.domain.name
  if (backend.provider === null) {
    const version = random.between(1, 9)
    return {
      type: 'Local',
      base_model_hash: `sha256:${backend.model}-a41c90d2`,
      adapter: random.chance(0.5)
        ? { adapter_id: `adapter-${domain}-v${version}`, adapter_hash: random.hex(2), merged: random.chance(0.2) }
        : null,
      tokenizer_hash: 'sha256:5f2be0917c',
      seed: (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()),
      sampler: {
        temperature: random.pick(temperatures),
        top_p: random.pick(topPs),
        top_k: random.chance(0.5) ? 40n : null,
      },
      prompt_version: `${domain}-prompt-2026.${version}`,
      recall: recall?.trace ?? null,
      weights_mutated: false,
      execution_env: random.chance(0.6)
        ? { device: 'cuda:0', backend: 'candle', precision: 'bf16' }
        : { device: 'cpu', backend: 'ndarray', precision: 'f32' },
    }
  }
  const retried = random.chance(0.07)
  return {
    type: 'Remote',
    provider_name: backend.provider,
    provider_model_id: backend.model,
    request_fingerprint: `req:${random.hex(2)}`,
    response_fingerprint: `resp:${random.hex(2)}`,
    temperature: random.pick(temperatures),
    top_p: random.pick(topPs),
    max_tokens: BigInt(random.pick([512, 1024, 2048, 4096])),
    provider_metadata: new Map([
      ['region', random.pick(['eu-central-1', 'eu-north-1', 'us-east-1'])],
      ['request_id', `req_${random.hex(3)}`],
    ]),
    retried,
    retry_reasons: retried ? [random.pick(RETRY_REASONS)] : [],
    replayability: random.chance(0.85) ? 'BestEffort' : 'None',
  }
}
