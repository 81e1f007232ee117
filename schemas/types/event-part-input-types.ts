// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.
import type {
  AdapterTrace,
  AgentRefused,
  ArtifactState,
  CandidateScore,
  ContextItem,
  CycleBudgetExhausted,
  DecisionStep,
  EngineError,
  ExecutionEnv,
  FactBudgetExhausted,
  HitlGatePending,
  InvariantViolated,
  PromotionRejected,
  ProposalKind,
  RecallConsumer,
  RecallStopReason,
  RecallUse,
  Replayability,
  Severity,
  TimeoutAction,
} from './event-part-types.ts'
import type { JsonInput, JsonText } from '../contract/json-text.ts'

/** How tokens were sampled */
export interface SamplerParamsInput {
  /** Sampling temperature, 32-bit */
  temperature: number
  /** Nucleus sampling mass, 32-bit */
  top_p: number
  /** Number of candidate tokens kept; null for no limit */
  top_k?: bigint | number | null | undefined
}

/** What recall gave to a local model */
export interface RecallTraceInput {
  /** Fingerprint of the corpus that was searched */
  corpus_fingerprint: string
  /** Ids of the candidates, best first */
  candidate_ids: readonly string[]
  /** Scores of the candidates, 32-bit; the length is not tied to the ids */
  candidate_scores: readonly number[]
  /** How many candidates went into the prompt */
  injected_count: bigint | number
}

/** Trace of a local model run, which can be replayed exactly */
export interface LocalTraceInput {
  type: 'Local'
  /** Hash of the base model, free form */
  base_model_hash: string
  /** Adapter, if one was loaded */
  adapter?: AdapterTrace | null | undefined
  /** Hash of the tokenizer, free form */
  tokenizer_hash: string
  /** Random seed */
  seed: bigint | number
  /** Sampling parameters */
  sampler: SamplerParamsInput
  /** Version of the prompt template */
  prompt_version: string
  /** What recall gave, if it ran */
  recall?: RecallTraceInput | null | undefined
  /** Whether the weights changed during the run */
  weights_mutated: boolean
  /** Where the model ran */
  execution_env: ExecutionEnv
}

/** Trace of a call to a remote model */
export interface RemoteTraceInput {
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
  max_tokens: bigint | number
  /** What else the provider said */
  provider_metadata: ReadonlyMap<string, string> | Readonly<Record<string, string>>
  /** Whether the call was retried */
  retried: boolean
  /** Why the call was retried */
  retry_reasons: readonly string[]
  /** How far the call can be replayed */
  replayability: Replayability
}

export type ReplayTraceInput = LocalTraceInput | RemoteTraceInput

/** Result of one contract check */
export interface ContractResultInput {
  /** Name of the contract */
  name: string
  /** Whether it holds */
  passed: boolean
  /** Why it does not; independent of passed */
  failure_reason?: string | null | undefined
}

/** A proposal as the kernel makes it */
export interface KernelProposalInput {
  /** Id of the proposal */
  id: string
  /** What is proposed */
  kind: ProposalKind
  /** Proposal as text */
  payload: string
  /** Proposal as JSON text: key order and number kinds are kept */
  structured_payload?: JsonText | JsonInput | null | undefined
  /** How the proposal was made */
  trace_link: ReplayTraceInput
  /** Checks that were run on it */
  contract_results: readonly ContractResultInput[]
  /** Whether a human must approve */
  requires_human: boolean
  /** Confidence, 32-bit, not range-checked */
  confidence?: number | null | undefined
}

/** A question to recall */
export interface RecallQueryInput {
  /** What was asked */
  query_text: string
  /** How many candidates were wanted */
  top_k: bigint | number
  /** Step that asked */
  step_context?: DecisionStep | null | undefined
  /** Tenant that recall was limited to */
  tenant_scope?: string | null | undefined
}

/** How a recall came about */
export interface RecallProvenanceInput {
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
  purpose?: RecallUse | undefined
  /** Who may use the result */
  consumers?: readonly RecallConsumer[] | undefined
  /** Candidates, in order */
  candidate_scores: readonly CandidateScore[]
  /** Candidates looked at */
  candidates_searched: bigint | number
  /** Candidates returned */
  candidates_returned: bigint | number
  /** Why recall stopped */
  stop_reason?: RecallStopReason | null | undefined
  /** Time taken, ms */
  latency_ms: bigint | number
  /** When, as text */
  timestamp: string
  /** unsigned, sha256:… or sig://key/…; not checked */
  signature?: string | undefined
}

/** One transition of an artifact */
export interface LifecycleEventInput {
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
  ticket_ref?: string | null | undefined
  /** Tenant as the lifecycle names it; not the tenant of the envelope */
  tenant_id?: string | null | undefined
}

/** What a rollback affects */
export interface RollbackImpactInput {
  /** Outputs affected, if known */
  affected_count?: bigint | number | null | undefined
  /** What was wrong */
  quality_issues: readonly string[]
  /** Whether outputs are invalid */
  invalidates_outputs: boolean
  /** How bad */
  severity: Severity
  /** Tenants affected */
  affected_tenants: readonly string[]
}

/** A rollback of an artifact */
export interface RollbackRecordInput {
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
  impact: RollbackImpactInput
  /** Incident */
  incident_ref?: string | null | undefined
  /** Tenant as the record names it; not the tenant of the envelope */
  tenant_id?: string | null | undefined
}

/** All required criteria are met */
export interface CriteriaMetInput {
  /** Ids of the criteria */
  criteria: readonly string[]
}

/** Only a human can go on */
export interface HumanInterventionRequiredInput {
  /** Ids of the criteria */
  criteria: readonly string[]
  /** Approvals that are waited for */
  approval_refs: readonly string[]
}

/** No tokens left */
export interface TokenBudgetExhaustedInput {
  /** Tokens used */
  tokens_consumed: bigint | number
  /** Tokens allowed */
  limit: bigint | number
}

/** No time left */
export interface TimeBudgetExhaustedInput {
  /** Time taken, ms */
  duration_ms: bigint | number
  /** Time allowed, ms */
  limit_ms: bigint | number
}

export type StopReasonInput =
  | 'Converged'
  | 'UserCancelled'
  | { CriteriaMet: CriteriaMetInput }
  | { HumanInterventionRequired: HumanInterventionRequiredInput }
  | { CycleBudgetExhausted: CycleBudgetExhausted }
  | { FactBudgetExhausted: FactBudgetExhausted }
  | { TokenBudgetExhausted: TokenBudgetExhaustedInput }
  | { TimeBudgetExhausted: TimeBudgetExhaustedInput }
  | { InvariantViolated: InvariantViolated }
  | { PromotionRejected: PromotionRejected }
  | { Error: EngineError }
  | { AgentRefused: AgentRefused }
  | { HitlGatePending: HitlGatePending }

/** Policy of the kernel */
export interface KernelPolicyInput {
  /** Adapter to load */
  adapter_id?: string | null | undefined
  /** Whether the kernel may recall */
  recall_enabled: boolean
  /** Candidates at most */
  recall_max_candidates: bigint | number
  /** Score at least, 32-bit */
  recall_min_score: number
  /** Random seed */
  seed?: bigint | number | null | undefined
  /** Whether a human must approve */
  requires_human: boolean
  /** Truths that must hold */
  required_truths: readonly string[]
}

/** Policy of the router */
export interface RoutingPolicyInput {
  /** Backend by truth */
  truth_preferences: ReadonlyMap<string, string> | Readonly<Record<string, string>>
  /** Backends by risk tier */
  risk_tier_backends: ReadonlyMap<string, readonly string[]> | Readonly<Record<string, readonly string[]>>
  /** Backends by data classification */
  data_classification_backends: ReadonlyMap<string, readonly string[]> | Readonly<Record<string, readonly string[]>>
  /** Backend where nothing else applies */
  default_backend: string
}

/** Budgets of recall */
export interface RecallBudgetsInput {
  /** Time at most, ms */
  max_latency_ms: bigint | number
  /** Embedding calls at most */
  max_embedding_calls: bigint | number
  /** Tokens of a candidate at most */
  max_tokens_per_candidate: bigint | number
}

/** Policy of recall */
export interface RecallPolicyInput {
  /** Whether recall is on */
  enabled: boolean
  /** Candidates at most */
  max_k_total: bigint | number
  /** Tokens injected at most */
  max_tokens_injection: bigint | number
  /** Score at least, 64-bit */
  min_score_threshold: number
  /** Budgets */
  budgets: RecallBudgetsInput
  /** What recall may be used for */
  allowed_uses?: readonly RecallUse[] | undefined
}

export type PolicySnapshotInput =
  | { type: 'Kernel'; policy: KernelPolicyInput }
  | { type: 'Routing'; policy: RoutingPolicyInput }
  | { type: 'Recall'; policy: RecallPolicyInput }

/** What a gate does when nobody decides */
export interface TimeoutPolicyInput {
  /** Time to wait, s */
  timeout_secs: bigint | number
  /** What happens then */
  action: TimeoutAction
}

/** A question to a human */
export interface GateRequestInput {
  /** Gate */
  gate_id: string
  /** Proposal under decision */
  proposal_id: string
  /** What is to be decided */
  summary: string
  /** Agent that asks */
  agent_id: string
  /** Why it asks */
  rationale?: string | null | undefined
  /** What the human should know */
  context_data: readonly ContextItem[]
  /** Cycle in which the gate opened */
  cycle: number
  /** When it was asked, as text */
  requested_at: string
  /** What happens when nobody decides */
  timeout: TimeoutPolicyInput
}

/** Rejected */
export interface GateRejectInput {
  /** Why */
  reason?: string | null | undefined
}

export type GateVerdictInput = 'Approve' | { Reject: GateRejectInput }

/** A decision of a human */
export interface GateDecisionInput {
  /** Gate; not compared with the request */
  gate_id: string
  /** What was decided */
  verdict: GateVerdictInput
  /** Who decided */
  decided_by: string
  /** When, as text */
  decided_at: string
}
