/**
 * The closed lists of docs/contract.md §2 and §6, in the order of the numbers that stand for them in the table. They are repeated here
 * since stored numbers must not move when the contract's lists do: add at the end only. Tables keep the words that they were made
 * with, so that a new word needs a rebuild (`docs/projections.md`). A test compares the lists with the contract.
 *
 * Enumerations, since dictionaries (`LowCardinality`) made an insert of this wide table dearer by 2 µs of CPU a row.
 */
export const storedKinds = [
  'ProposalCreated',
  'ProposalValidated',
  'FactPromoted',
  'RecallExecuted',
  'ReplayTraceRecorded',
  'ReplayabilityDowngraded',
  'ArtifactStateTransitioned',
  'ArtifactRollbackRecorded',
  'BackendInvoked',
  'OutcomeRecorded',
  'BudgetExceeded',
  'PolicySnapshotCaptured',
  'HypothesisResolved',
  'GateDecisionRecorded',
] as const

export const steps = ['Reasoning', 'Evaluation', 'Planning'] as const

/** The engine's reasons, then recall's: no word is in both. */
export const stopReasons = [
  'Converged',
  'CriteriaMet',
  'UserCancelled',
  'HumanInterventionRequired',
  'CycleBudgetExhausted',
  'FactBudgetExhausted',
  'TokenBudgetExhausted',
  'TimeBudgetExhausted',
  'InvariantViolated',
  'PromotionRejected',
  'Error',
  'AgentRefused',
  'HitlGatePending',
  'ReachedTopK',
  'BudgetExhausted',
  'BelowThreshold',
  'TokenLimitReached',
  'LatencyExceeded',
  'EmbedderNotDeterministic',
  'TenantScopeMissing',
] as const

export const proposalKinds = ['Claims', 'Plan', 'Classification', 'Evaluation', 'DraftDocument', 'Reasoning'] as const
export const traceTypes = ['Local', 'Remote'] as const
export const replayabilities = ['Deterministic', 'BestEffort', 'None'] as const
export const recallPurposes = ['RuntimeAugmentation', 'TrainingCandidateSelection'] as const
export const artifactStates = ['Draft', 'Approved', 'Active', 'Quarantined', 'Deprecated', 'RolledBack'] as const
export const severities = ['Low', 'Medium', 'High', 'Critical'] as const
export const policyTypes = ['Kernel', 'Routing', 'Recall'] as const
export const hypothesisOutcomes = ['Confirmed', 'Falsified', 'Superseded', 'Unresolved'] as const
export const gateVerdicts = ['Approve', 'Reject'] as const
export const timeoutActions = ['Reject', 'Approve', 'Escalate'] as const

/** `Other` stands for a name of its own in the column beside it. */
export const artifactKinds = ['Adapter', 'Pack', 'Policy', 'TruthFile', 'EvalSuite', 'Other'] as const
export const budgetResources = ['EngineBudget', 'Tokens', 'Facts', 'Cycles', 'Time', 'Cost', 'Other'] as const
