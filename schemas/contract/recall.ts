import { z } from 'zod'
import { f64, list, optional, string, u64, usize, words } from './scalars.ts'
import { DecisionStep } from './decision-step.ts'

export const RecallUse = words('RecallUse', ['RuntimeAugmentation', 'TrainingCandidateSelection'])
const RecallConsumer = words('RecallConsumer', ['Kernel', 'Analytics', 'Trainer'])

/** docs/contract.md §6.3: why recall stopped. Not the engine's stop reason. */
const RecallStopReason = words('RecallStopReason', [
  'ReachedTopK',
  'BudgetExhausted',
  'BelowThreshold',
  'TokenLimitReached',
  'LatencyExceeded',
  'EmbedderNotDeterministic',
  'TenantScopeMissing',
])

export const RecallQuery = z
  .object({
    query_text: string.describe('What was asked'),
    top_k: usize.describe('How many candidates were wanted'),
    step_context: optional(DecisionStep).describe('Step that asked'),
    tenant_scope: optional(string).describe('Tenant that recall was limited to'),
  })
  .meta({ id: 'RecallQuery', description: 'A question to recall' })

const CandidateScore = z
  .object({ id: string.describe('Id of the candidate'), score: f64.describe('Score, 64-bit') })
  .meta({ id: 'CandidateScore', description: 'A candidate and its score' })

export const RecallProvenance = z
  .object({
    query_hash: string.describe('Hash of the query, free form'),
    embedding_input_hash: string.describe('Hash of the text that was embedded, free form'),
    embedding_hash: string.describe('Hash of the embedding, free form'),
    embedder_id: string.describe('Embedder'),
    embedder_settings_hash: string.describe('Hash of the embedder settings, free form'),
    corpus_fingerprint: string.describe('Fingerprint of the corpus'),
    policy_snapshot_hash: string.describe('Hash of the policy in force, free form here'),
    purpose: RecallUse.default('RuntimeAugmentation').describe('What recall was for'),
    consumers: list(RecallConsumer).default([]).describe('Who may use the result'),
    candidate_scores: list(CandidateScore).describe('Candidates, in order'),
    candidates_searched: usize.describe('Candidates looked at'),
    candidates_returned: usize.describe('Candidates returned'),
    stop_reason: optional(RecallStopReason).describe('Why recall stopped'),
    latency_ms: u64.describe('Time taken, ms'),
    timestamp: string.describe('When, as text'),
    signature: string.default('unsigned').describe('unsigned, sha256:… or sig://key/…; not checked'),
  })
  .meta({ id: 'RecallProvenance', description: 'How a recall came about' })
