import { z } from 'zod'
import { ArtifactKind, LifecycleEvent, RollbackRecord } from './artifact.ts'
import { DecisionStep } from './decision-step.ts'
import { GateDecision, GateRequest } from './gate.ts'
import { ContractResult, KernelProposal } from './kernel-proposal.ts'
import { PolicySnapshot } from './policy-snapshot.ts'
import { RecallProvenance, RecallQuery } from './recall.ts'
import { Replayability, ReplayTrace } from './replay-trace.ts'
import { f64, hash, list, map, omitted, optional, string, u32, u64, wire, words } from './scalars.ts'
import { StopReason } from './stop-reason.ts'
import { choiceOf } from './word-issue.ts'
import type * as parts from '../types/event-part-types.ts'
import type * as events from '../types/event-types.ts'

const DowngradeReason = words('DowngradeReason', [
  'RecallEmbedderNotDeterministic',
  'RecallCorpusNotContentAddressed',
  'RemoteBackendUsed',
  'NoSeedProvided',
  'MultipleReasons',
])

const HypothesisOutcome = words('HypothesisOutcome', ['Confirmed', 'Falsified', 'Superseded', 'Unresolved'])

/** A known resource, or any other by name. `{Other: 'Tokens'}` is not `'Tokens'`. */
export const BudgetResource = wire(
  choiceOf([z.enum(['EngineBudget', 'Tokens', 'Facts', 'Cycles', 'Time', 'Cost']), z.strictObject({ Other: string })]),
  { form: 'external', name: 'BudgetResource' },
)
export type BudgetResource = parts.BudgetResource

const chain_id = string.describe('Chain of decisions that the event belongs to')
const step = DecisionStep.describe('Step of the decision')

const ProposalCreated = z
  .object({
    proposal: KernelProposal.describe('The proposal'),
    chain_id,
    step,
    policy_snapshot_hash: optional(hash).describe('Hash of the policy in force, 64 hex digits'),
  })
  .meta({ id: 'ProposalCreated', description: 'An agent made a proposal' })

const ProposalValidated = z
  .object({
    proposal_id: string.describe('The proposal'),
    chain_id,
    step,
    contract_results: list(ContractResult).describe('Checks that were run'),
    all_passed: z.boolean().describe('As the validator says; not derived from the checks'),
    validator: string.describe('Who validated'),
  })
  .meta({ id: 'ProposalValidated', description: 'A proposal was checked against its contracts' })

const FactPromoted = z
  .object({
    proposal_id: string.describe('Proposal that became a fact'),
    fact_id: string.describe('The fact'),
    promoted_by: string.describe('Who promoted it'),
    reason: string.describe('Why'),
    requires_human: z.boolean().describe('Whether a human had to approve'),
  })
  .meta({ id: 'FactPromoted', description: 'A proposal became a fact' })

const RecallExecuted = z
  .object({
    query: RecallQuery.describe('What was asked'),
    provenance: RecallProvenance.describe('How the answer came about'),
    trace_link_id: optional(string).describe('Trace that the recall belongs to'),
  })
  .meta({ id: 'RecallExecuted', description: 'Recall was run' })

export const ReplayTraceRecorded = z
  .object({
    trace_link_id: string.describe('Id of the trace'),
    trace_link: ReplayTrace.describe('The trace'),
  })
  .meta({ id: 'ReplayTraceRecorded', description: 'A trace was recorded, so that a run can be replayed' })

const ReplayabilityDowngraded = z
  .object({
    trace_link_id: string.describe('Id of the trace'),
    from: Replayability.describe('Replayability before'),
    to: Replayability.describe('Replayability after'),
    reason: DowngradeReason.describe('Why'),
  })
  .meta({ id: 'ReplayabilityDowngraded', description: 'A trace can be replayed less well than thought' })

const ArtifactStateTransitioned = z
  .object({
    artifact_id: string.describe('The artifact'),
    artifact_kind: ArtifactKind.describe('Kind of artifact'),
    event: LifecycleEvent.describe('The transition'),
  })
  .meta({ id: 'ArtifactStateTransitioned', description: 'An artifact changed its state' })

const ArtifactRollbackRecorded = z
  .object({ rollback: RollbackRecord.describe('The rollback') })
  .meta({ id: 'ArtifactRollbackRecorded', description: 'An artifact was rolled back' })

const BackendInvoked = z
  .object({
    backend_name: string.describe('Backend that was called'),
    adapter_id: optional(string).describe('Adapter that it ran with'),
    trace_link_id: string.describe('Trace of the call'),
    step,
    policy_snapshot_hash: optional(hash).describe('Hash of the policy in force, 64 hex digits'),
  })
  .meta({ id: 'BackendInvoked', description: 'A model backend was called' })

const OutcomeRecorded = z
  .object({
    chain_id,
    step,
    passed: z.boolean().describe('Whether the step passed'),
    stop_reason: optional(StopReason).describe('Why the engine stopped'),
    latency_ms: optional(u64).describe('Time taken, ms'),
    tokens: optional(u64).describe('Tokens used'),
    cost_microdollars: optional(u64).describe('Cost, µ$'),
    backend: optional(string).describe('Backend that did the work'),
    metadata: omitted(map(string, string).default(() => new Map())).describe('Anything else'),
  })
  .meta({ id: 'OutcomeRecorded', description: 'A step of a chain ended' })

const BudgetExceeded = z
  .object({
    chain_id,
    resource: BudgetResource.describe('What ran out'),
    limit: string.describe('Limit, free text'),
    observed: optional(string).describe('What was used, free text'),
  })
  .meta({ id: 'BudgetExceeded', description: 'A budget was exceeded' })

const PolicySnapshotCaptured = z
  .object({
    policy_id: string.describe('The policy'),
    policy: PolicySnapshot.describe('The policy as it stood'),
    snapshot_hash: hash.describe('Hash of the snapshot, 64 hex digits'),
    captured_by: string.describe('Who captured it'),
  })
  .meta({ id: 'PolicySnapshotCaptured', description: 'A policy was captured' })

const HypothesisResolved = z
  .object({
    chain_id,
    fact_id: string.describe('Fact that held the hypothesis'),
    domain: string.describe('Domain'),
    claim: string.describe('What was claimed'),
    confidence: f64.describe('Confidence, 64-bit, not range-checked'),
    outcome: HypothesisOutcome.describe('What became of it'),
    contradiction_id: omitted(optional(string)).describe('Contradiction that falsified it'),
    formed_cycle: u32.describe('Cycle in which it was formed'),
    resolved_cycle: u32.describe('Cycle in which it was resolved; may be less'),
  })
  .meta({ id: 'HypothesisResolved', description: 'A hypothesis was confirmed, falsified, superseded or left open' })

const GateDecisionRecorded = z
  .object({
    request: GateRequest.describe('What was asked'),
    decision: GateDecision.describe('What was decided'),
  })
  .meta({ id: 'GateDecisionRecorded', description: 'A human decided at a gate' })

/** docs/contract.md §2: one of the 14 kinds of event. Adjacently tagged by `type` and `data`. */
export const ExperienceEvent = wire(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('ProposalCreated'), data: ProposalCreated }),
    z.object({ type: z.literal('ProposalValidated'), data: ProposalValidated }),
    z.object({ type: z.literal('FactPromoted'), data: FactPromoted }),
    z.object({ type: z.literal('RecallExecuted'), data: RecallExecuted }),
    z.object({ type: z.literal('ReplayTraceRecorded'), data: ReplayTraceRecorded }),
    z.object({ type: z.literal('ReplayabilityDowngraded'), data: ReplayabilityDowngraded }),
    z.object({ type: z.literal('ArtifactStateTransitioned'), data: ArtifactStateTransitioned }),
    z.object({ type: z.literal('ArtifactRollbackRecorded'), data: ArtifactRollbackRecorded }),
    z.object({ type: z.literal('BackendInvoked'), data: BackendInvoked }),
    z.object({ type: z.literal('OutcomeRecorded'), data: OutcomeRecorded }),
    z.object({ type: z.literal('BudgetExceeded'), data: BudgetExceeded }),
    z.object({ type: z.literal('PolicySnapshotCaptured'), data: PolicySnapshotCaptured }),
    z.object({ type: z.literal('HypothesisResolved'), data: HypothesisResolved }),
    z.object({ type: z.literal('GateDecisionRecorded'), data: GateDecisionRecorded }),
  ]),
  { form: 'adjacent', name: 'ExperienceEvent', content: 'data' },
)
export type ExperienceEvent = events.ExperienceEvent
