import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { PolicySnapshot } from '../../schemas/contract/policy-snapshot.ts'
import type { FleetAgent } from './agent.ts'

type PolicySnapshotCaptured = Extract<ExperienceEvent, { type: 'PolicySnapshotCaptured' }>

function kernelPolicy({ random, tenant }: FleetAgent): PolicySnapshot {
  return {
    type: 'Kernel',
    policy: {
      adapter_id: random.chance(0.4) ? `adapter-${tenant.domain.name}-v${random.between(1, 9)}` : null,
      recall_enabled: random.chance(0.8),
      recall_max_candidates: BigInt(random.between(3, 12)),
      recall_min_score: Math.fround(random.between(50, 90) / 100),
      seed: random.chance(0.5) ? BigInt(random.uint32()) : null,
      requires_human: random.chance(0.1),
      required_truths: tenant.domain.truths.filter(() => random.chance(0.6)),
    },
  }
}

function routingPolicy({ random, tenant }: FleetAgent): PolicySnapshot {
  const names = tenant.backends.map(({ name }) => name)
  const some = (): string[] => names.filter(() => random.chance(0.4))
  return {
    type: 'Routing',
    policy: {
      truth_preferences: new Map(tenant.domain.truths.toSorted().map((truth) => [truth, random.pick(names)])),
      risk_tier_backends: new Map([
        ['Critical', ['converge-local']],
        ['High', some()],
        ['Low', names],
      ]),
      data_classification_backends: new Map([
        ['Confidential', some()],
        ['Public', names],
        ['Restricted', ['converge-local']],
      ]),
      default_backend: random.pick(names),
    },
  }
}

function recallPolicy({ random }: FleetAgent): PolicySnapshot {
  return {
    type: 'Recall',
    policy: {
      enabled: random.chance(0.9),
      max_k_total: BigInt(random.between(3, 12)),
      max_tokens_injection: BigInt(random.between(2, 16) * 250),
      min_score_threshold: random.between(30, 80) / 100,
      budgets: {
        max_latency_ms: BigInt(random.pick([100, 150, 250, 400])),
        max_embedding_calls: BigInt(random.between(1, 5)),
        max_tokens_per_candidate: BigInt(random.between(2, 8) * 50),
      },
      allowed_uses: random.chance(0.2)
        ? ['RuntimeAugmentation', 'TrainingCandidateSelection']
        : ['RuntimeAugmentation'],
    },
  }
}

/** A capture of one of the tenant's policies, as it stands after somebody changed it. */
export function capturePolicy(agent: FleetAgent): PolicySnapshotCaptured {
  const { random, tenant } = agent
  const makePolicy = random.pick([kernelPolicy, routingPolicy, recallPolicy])
  const policy = makePolicy(agent)
  return {
    type: 'PolicySnapshotCaptured',
    data: {
      policy_id: `policy-${tenant.domain.name}-${policy.type.toLowerCase()}`,
      policy,
      snapshot_hash: random.hex(8),
      captured_by: random.chance(0.7) ? agent.id : 'policy-service',
    },
  }
}
