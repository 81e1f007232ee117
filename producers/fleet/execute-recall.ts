import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { ReplayTrace } from '../../schemas/contract/replay-trace.ts'
import type { Run } from './run.ts'

type RecallExecuted = Extract<ExperienceEvent, { type: 'RecallExecuted' }>
type RecallTrace = NonNullable<Extract<ReplayTrace, { type: 'Local' }>['recall']>

/** A recall: the event, and what a local model's trace says of it. */
export interface Recall {
  readonly executed: RecallExecuted
  readonly trace: RecallTrace
  readonly latencyMs: number
}

const MEDIAN_LATENCY_MS = 45

/** Searches the tenant's corpus for what the run's subject needs. */
export function executeRecall(run: Run, traceLinkId: string): Recall {
  const { random, agent, topic } = run
  const { domain, id: tenantId, policyHash } = agent.tenant
  const wanted = random.between(3, 6)
  const found = random.chance(0.8) ? wanted : random.between(0, wanted - 1)
  const latencyMs = random.logNormal(MEDIAN_LATENCY_MS, 0.6)
  const corpus = `corpus:${domain.name}:${random.between(1, 40)}`
  const scores = Array.from({ length: found }, () => random.between(400_000, 990_000) / 1e6).toSorted((a, b) => b - a)
  const candidates = scores.map((score) => ({ id: `${domain.thing}-${random.between(1000, 99_999)}`, score }))
  return {
    latencyMs,
    executed: {
      type: 'RecallExecuted',
      data: {
        query: {
          query_text: random.pick(domain.questions)(topic),
          top_k: BigInt(wanted),
          step_context: random.chance(0.8) ? 'Reasoning' : null,
          tenant_scope: tenantId,
        },
        provenance: {
          query_hash: random.hex(2),
          embedding_input_hash: random.hex(2),
          embedding_hash: random.hex(2),
          embedder_id: 'bge-m3',
          embedder_settings_hash: '91d0c7aa52e6b3f4',
          corpus_fingerprint: corpus,
          policy_snapshot_hash: policyHash?.slice(0, 16) ?? 'none',
          purpose: random.chance(0.97) ? 'RuntimeAugmentation' : 'TrainingCandidateSelection',
          consumers: random.chance(0.8) ? ['Kernel'] : ['Kernel', 'Analytics'],
          candidate_scores: candidates,
          candidates_searched: BigInt(random.between(200, 90_000)),
          candidates_returned: BigInt(found),
          stop_reason:
            found === wanted ? 'ReachedTopK' : random.pick(['BelowThreshold', 'TokenLimitReached', 'LatencyExceeded']),
          latency_ms: BigInt(Math.ceil(latencyMs)),
          timestamp: run.timestamp(),
          signature: random.chance(0.9) ? 'unsigned' : `sha256:${random.hex(8)}`,
        },
        trace_link_id: random.chance(0.95) ? traceLinkId : null,
      },
    },
    trace: {
      corpus_fingerprint: corpus,
      candidate_ids: candidates.map(({ id }) => id),
      candidate_scores: scores.map(Math.fround),
      injected_count: BigInt(Math.min(found, 4)),
    },
  }
}
