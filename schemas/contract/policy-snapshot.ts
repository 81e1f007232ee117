import { z } from 'zod'
import { RecallUse } from './recall.ts'
import { f32, f64, list, map, optional, string, u64, usize, wire, words } from './scalars.ts'
import type * as parts from '../types/event-part-types.ts'

const RiskTier = words('RiskTier', ['Low', 'Medium', 'High', 'Critical'])
const DataClassification = words('DataClassification', ['Public', 'Internal', 'Confidential', 'Restricted'])

const KernelPolicy = z
  .object({
    adapter_id: optional(string).describe('Adapter to load'),
    recall_enabled: z.boolean().describe('Whether the kernel may recall'),
    recall_max_candidates: usize.describe('Candidates at most'),
    recall_min_score: f32.describe('Score at least, 32-bit'),
    seed: optional(u64).describe('Random seed'),
    requires_human: z.boolean().describe('Whether a human must approve'),
    required_truths: list(string).describe('Truths that must hold'),
  })
  .meta({ id: 'KernelPolicy', description: 'Policy of the kernel' })

const RoutingPolicy = z
  .object({
    truth_preferences: map(string, string).describe('Backend by truth'),
    risk_tier_backends: map(RiskTier, list(string)).describe('Backends by risk tier'),
    data_classification_backends: map(DataClassification, list(string)).describe('Backends by data classification'),
    default_backend: string.describe('Backend where nothing else applies'),
  })
  .meta({ id: 'RoutingPolicy', description: 'Policy of the router' })

const RecallBudgets = z
  .object({
    max_latency_ms: u64.describe('Time at most, ms'),
    max_embedding_calls: usize.describe('Embedding calls at most'),
    max_tokens_per_candidate: usize.describe('Tokens of a candidate at most'),
  })
  .meta({ id: 'RecallBudgets', description: 'Budgets of recall' })

const RecallPolicy = z
  .object({
    enabled: z.boolean().describe('Whether recall is on'),
    max_k_total: usize.describe('Candidates at most'),
    max_tokens_injection: usize.describe('Tokens injected at most'),
    min_score_threshold: f64.describe('Score at least, 64-bit'),
    budgets: RecallBudgets.describe('Budgets'),
    allowed_uses: list(RecallUse).default(['RuntimeAugmentation']).describe('What recall may be used for'),
  })
  .meta({ id: 'RecallPolicy', description: 'Policy of recall' })

/** docs/contract.md §5.9: a policy as it stood. Adjacently tagged by `type` and `policy`. */
export const PolicySnapshot = wire(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('Kernel'), policy: KernelPolicy }),
    z.object({ type: z.literal('Routing'), policy: RoutingPolicy }),
    z.object({ type: z.literal('Recall'), policy: RecallPolicy }),
  ]),
  { form: 'adjacent', name: 'PolicySnapshot', content: 'policy' },
)
export type PolicySnapshot = parts.PolicySnapshot
