// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.
import type { JsonText } from '../contract/json-text.ts'

export type ProposalKind = 'Claims' | 'Plan' | 'Classification' | 'Evaluation' | 'DraftDocument' | 'Reasoning'

/** The adapter a local model ran with */
export interface AdapterTrace {
  /** Adapter that was loaded */
  adapter_id: string
  /** Hash of the adapter weights, free form */
  adapter_hash: string
  /** Whether the adapter was merged into the base weights */
  merged: boolean
}

/** How tokens were sampled */
export interface SamplerParams {
  /** Sampling temperature, 32-bit */
  temperature: number
  /** Nucleus sampling mass, 32-bit */
  top_p: number
  /** Number of candidate tokens kept; null for no limit */
  top_k: bigint | null
}

/** What recall gave to a local model */
export interface RecallTrace {
  /** Fingerprint of the corpus that was searched */
  corpus_fingerprint: string
  /** Ids of the candidates, best first */
  candidate_ids: string[]
  /** Scores of the candidates, 32-bit; the length is not tied to the ids */
  candidate_scores: number[]
  /** How many candidates went into the prompt */
  injected_count: bigint
}

/** Where a local model ran */
export interface ExecutionEnv {
  /** Device, such as cpu */
  device: string
  /** Numeric backend, such as ndarray */
  backend: string
  /** Numeric precision, such as f32 */
  precision: string
}

export type Replayability = 'Deterministic' | 'BestEffort' | 'None'

/** Trace of a local model run, which can be replayed exactly */
export interface LocalTrace {
  type: 'Local'
  /** Hash of the base model, free form */
  base_model_hash: string
  /** Adapter, if one was loaded */
  adapter: AdapterTrace | null
  /** Hash of the tokenizer, free form */
  tokenizer_hash: string
  /** Random seed */
  seed: bigint
  /** Sampling parameters */
  sampler: SamplerParams
  /** Version of the prompt template */
  prompt_version: string
  /** What recall gave, if it ran */
  recall: RecallTrace | null
  /** Whether the weights changed during the run */
  weights_mutated: boolean
  /** Where the model ran */
  execution_env: ExecutionEnv
}

/** Trace of a call to a remote model */
export interface RemoteTrace {
  type: 'Remote'
  /** Provider, such as anthropic */
  provider_name: string
  /** Model name as the provider gives it */
  provider_model_id: string
  /** Fingerprint of the request, free form */
  request_fingerprint: string
  /** Fingerprint of the response, free form */
  response_fingerprint: string
  /** Sampling temperature, 32-bit */
  temperature: number
  /** Nucleus sampling mass, 32-bit */
  top_p: number
  /** Limit of tokens in the answer */
  max_tokens: bigint
  /** What else the provider said */
  provider_metadata: Map<string, string>
  /** Whether the call was retried */
  retried: boolean
  /** Why the call was retried */
  retry_reasons: string[]
  /** How far the call can be replayed */
  replayability: Replayability
}

export type ReplayTrace = LocalTrace | RemoteTrace

/** Result of one contract check */
export interface ContractResult {
  /** Name of the contract */
  name: string
  /** Whether it holds */
  passed: boolean
  /** Why it does not; independent of passed */
  failure_reason: string | null
}

/** A proposal as the kernel makes it */
export interface KernelProposal {
  /** Id of the proposal */
  id: string
  /** What is proposed */
  kind: ProposalKind
  /** Proposal as text */
  payload: string
  /** Proposal as JSON text: key order and number kinds are kept */
  structured_payload: JsonText | null
  /** How the proposal was made */
  trace_link: ReplayTrace
  /** Checks that were run on it */
  contract_results: ContractResult[]
  /** Whether a human must approve */
  requires_human: boolean
  /** Confidence, 32-bit, not range-checked */
  confidence: number | null
}

export type DecisionStep = 'Reasoning' | 'Evaluation' | 'Planning'

/** A question to recall */
export interface RecallQuery {
  /** What was asked */
  query_text: string
  /** How many candidates were wanted */
  top_k: bigint
  /** Step that asked */
  step_context: DecisionStep | null
  /** Tenant that recall was limited to */
  tenant_scope: string | null
}

export type RecallUse = 'RuntimeAugmentation' | 'TrainingCandidateSelection'

export type RecallConsumer = 'Kernel' | 'Analytics' | 'Trainer'

/** A candidate and its score */
export interface CandidateScore {
  /** Id of the candidate */
  id: string
  /** Score, 64-bit */
  score: number
}

export type RecallStopReason =
  | 'ReachedTopK'
  | 'BudgetExhausted'
  | 'BelowThreshold'
  | 'TokenLimitReached'
  | 'LatencyExceeded'
  | 'EmbedderNotDeterministic'
  | 'TenantScopeMissing'

/** How a recall came about */
export interface RecallProvenance {
  /** Hash of the query, free form */
  query_hash: string
  /** Hash of the text that was embedded, free form */
  embedding_input_hash: string
  /** Hash of the embedding, free form */
  embedding_hash: string
  /** Embedder */
  embedder_id: string
  /** Hash of the embedder settings, free form */
  embedder_settings_hash: string
  /** Fingerprint of the corpus */
  corpus_fingerprint: string
  /** Hash of the policy in force, free form here */
  policy_snapshot_hash: string
  /** What recall was for */
  purpose: RecallUse
  /** Who may use the result */
  consumers: RecallConsumer[]
  /** Candidates, in order */
  candidate_scores: CandidateScore[]
  /** Candidates looked at */
  candidates_searched: bigint
  /** Candidates returned */
  candidates_returned: bigint
  /** Why recall stopped */
  stop_reason: RecallStopReason | null
  /** Time taken, ms */
  latency_ms: bigint
  /** When, as text */
  timestamp: string
  /** unsigned, sha256:… or sig://key/…; not checked */
  signature: string
}

export type DowngradeReason =
  | 'RecallEmbedderNotDeterministic'
  | 'RecallCorpusNotContentAddressed'
  | 'RemoteBackendUsed'
  | 'NoSeedProvided'
  | 'MultipleReasons'

export type ArtifactKind = 'Adapter' | 'Pack' | 'Policy' | 'TruthFile' | 'EvalSuite' | { Other: string }

export type ArtifactState = 'Draft' | 'Approved' | 'Active' | 'Quarantined' | 'Deprecated' | 'RolledBack'

/** One transition of an artifact */
export interface LifecycleEvent {
  /** State before */
  from_state: ArtifactState
  /** State after; forbidden transitions are recorded as well */
  to_state: ArtifactState
  /** When, as text */
  timestamp: string
  /** Who did it */
  actor: string
  /** Why */
  reason: string
  /** Ticket */
  ticket_ref: string | null
  /** Tenant as the lifecycle names it; not the tenant of the envelope */
  tenant_id: string | null
}

export type Severity = 'Low' | 'Medium' | 'High' | 'Critical'

/** What a rollback affects */
export interface RollbackImpact {
  /** Outputs affected, if known */
  affected_count: bigint | null
  /** What was wrong */
  quality_issues: string[]
  /** Whether outputs are invalid */
  invalidates_outputs: boolean
  /** How bad */
  severity: Severity
  /** Tenants affected */
  affected_tenants: string[]
}

/** A rollback of an artifact */
export interface RollbackRecord {
  /** Artifact that was rolled back */
  artifact_id: string
  /** State before */
  previous_state: ArtifactState
  /** When, as text */
  rolled_back_at: string
  /** Who did it */
  actor: string
  /** Why */
  reason: string
  /** What it affects */
  impact: RollbackImpact
  /** Incident */
  incident_ref: string | null
  /** Tenant as the record names it; not the tenant of the envelope */
  tenant_id: string | null
}

/** All required criteria are met */
export interface CriteriaMet {
  /** Ids of the criteria */
  criteria: string[]
}

/** Only a human can go on */
export interface HumanInterventionRequired {
  /** Ids of the criteria */
  criteria: string[]
  /** Approvals that are waited for */
  approval_refs: string[]
}

/** No cycles left */
export interface CycleBudgetExhausted {
  /** Cycles run */
  cycles_executed: number
  /** Cycles allowed */
  limit: number
}

/** No facts left */
export interface FactBudgetExhausted {
  /** Facts made */
  facts_count: number
  /** Facts allowed */
  limit: number
}

/** No tokens left */
export interface TokenBudgetExhausted {
  /** Tokens used */
  tokens_consumed: bigint
  /** Tokens allowed */
  limit: bigint
}

/** No time left */
export interface TimeBudgetExhausted {
  /** Time taken, ms */
  duration_ms: bigint
  /** Time allowed, ms */
  limit_ms: bigint
}

export type InvariantClass = 'Structural' | 'Semantic' | 'Acceptance'

/** An invariant does not hold */
export interface InvariantViolated {
  /** Class of the invariant */
  class: InvariantClass
  /** Name of the invariant */
  name: string
  /** How it was violated */
  reason: string
}

/** A proposal was not promoted */
export interface PromotionRejected {
  /** Proposal that was rejected */
  proposal_id: string
  /** Why */
  reason: string
}

export type ErrorCategory = 'Internal' | 'Configuration' | 'External' | 'Resource' | 'Unknown'

/** The engine failed */
export interface EngineError {
  /** What went wrong */
  message: string
  /** Kind of error */
  category: ErrorCategory
}

/** An agent refused to act */
export interface AgentRefused {
  /** Agent that refused */
  agent_id: string
  /** Why */
  reason: string
}

/** A human gate is open */
export interface HitlGatePending {
  /** Gate that waits */
  gate_id: string
  /** Proposal under decision */
  proposal_id: string
  /** What is to be decided */
  summary: string
  /** Agent that asks */
  agent_id: string
  /** Cycle in which the gate opened */
  cycle: number
}

export type StopReason =
  | 'Converged'
  | 'UserCancelled'
  | { CriteriaMet: CriteriaMet }
  | { HumanInterventionRequired: HumanInterventionRequired }
  | { CycleBudgetExhausted: CycleBudgetExhausted }
  | { FactBudgetExhausted: FactBudgetExhausted }
  | { TokenBudgetExhausted: TokenBudgetExhausted }
  | { TimeBudgetExhausted: TimeBudgetExhausted }
  | { InvariantViolated: InvariantViolated }
  | { PromotionRejected: PromotionRejected }
  | { Error: EngineError }
  | { AgentRefused: AgentRefused }
  | { HitlGatePending: HitlGatePending }

export type BudgetResource = 'EngineBudget' | 'Tokens' | 'Facts' | 'Cycles' | 'Time' | 'Cost' | { Other: string }

/** Policy of the kernel */
export interface KernelPolicy {
  /** Adapter to load */
  adapter_id: string | null
  /** Whether the kernel may recall */
  recall_enabled: boolean
  /** Candidates at most */
  recall_max_candidates: bigint
  /** Score at least, 32-bit */
  recall_min_score: number
  /** Random seed */
  seed: bigint | null
  /** Whether a human must approve */
  requires_human: boolean
  /** Truths that must hold */
  required_truths: string[]
}

/** Policy of the router */
export interface RoutingPolicy {
  /** Backend by truth */
  truth_preferences: Map<string, string>
  /** Backends by risk tier */
  risk_tier_backends: Map<'Low' | 'Medium' | 'High' | 'Critical', string[]>
  /** Backends by data classification */
  data_classification_backends: Map<'Public' | 'Internal' | 'Confidential' | 'Restricted', string[]>
  /** Backend where nothing else applies */
  default_backend: string
}

/** Budgets of recall */
export interface RecallBudgets {
  /** Time at most, ms */
  max_latency_ms: bigint
  /** Embedding calls at most */
  max_embedding_calls: bigint
  /** Tokens of a candidate at most */
  max_tokens_per_candidate: bigint
}

/** Policy of recall */
export interface RecallPolicy {
  /** Whether recall is on */
  enabled: boolean
  /** Candidates at most */
  max_k_total: bigint
  /** Tokens injected at most */
  max_tokens_injection: bigint
  /** Score at least, 64-bit */
  min_score_threshold: number
  /** Budgets */
  budgets: RecallBudgets
  /** What recall may be used for */
  allowed_uses: RecallUse[]
}

export type PolicySnapshot =
  | { type: 'Kernel'; policy: KernelPolicy }
  | { type: 'Routing'; policy: RoutingPolicy }
  | { type: 'Recall'; policy: RecallPolicy }

export type HypothesisOutcome = 'Confirmed' | 'Falsified' | 'Superseded' | 'Unresolved'

/** One piece of context for a decision */
export interface ContextItem {
  /** Name */
  label: string
  /** Value */
  value: string
}

export type TimeoutAction = 'Reject' | 'Approve' | 'Escalate'

/** What a gate does when nobody decides */
export interface TimeoutPolicy {
  /** Time to wait, s */
  timeout_secs: bigint
  /** What happens then */
  action: TimeoutAction
}

/** A question to a human */
export interface GateRequest {
  /** Gate */
  gate_id: string
  /** Proposal under decision */
  proposal_id: string
  /** What is to be decided */
  summary: string
  /** Agent that asks */
  agent_id: string
  /** Why it asks */
  rationale: string | null
  /** What the human should know */
  context_data: ContextItem[]
  /** Cycle in which the gate opened */
  cycle: number
  /** When it was asked, as text */
  requested_at: string
  /** What happens when nobody decides */
  timeout: TimeoutPolicy
}

/** Rejected */
export interface GateReject {
  /** Why */
  reason: string | null
}

export type GateVerdict = 'Approve' | { Reject: GateReject }

/** A decision of a human */
export interface GateDecision {
  /** Gate; not compared with the request */
  gate_id: string
  /** What was decided */
  verdict: GateVerdict
  /** Who decided */
  decided_by: string
  /** When, as text */
  decided_at: string
}
