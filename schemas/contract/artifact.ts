import { z } from 'zod'
import { list, optional, string, u64, wire, words } from './scalars.ts'
import { choiceOf } from './word-issue.ts'
import type * as parts from '../types/event-part-types.ts'

export const ArtifactState = words('ArtifactState', [
  'Draft',
  'Approved',
  'Active',
  'Quarantined',
  'Deprecated',
  'RolledBack',
])
export type ArtifactState = parts.ArtifactState

const Severity = words('Severity', ['Low', 'Medium', 'High', 'Critical'])

/** A known kind of artifact, or any other by name. `{Other: 'Pack'}` is not `'Pack'`. */
export const ArtifactKind = wire(
  choiceOf([z.enum(['Adapter', 'Pack', 'Policy', 'TruthFile', 'EvalSuite']), z.strictObject({ Other: string })]),
  { form: 'external', name: 'ArtifactKind' },
)
export type ArtifactKind = parts.ArtifactKind

export const LifecycleEvent = z
  .object({
    from_state: ArtifactState.describe('State before'),
    to_state: ArtifactState.describe('State after; forbidden transitions are recorded as well'),
    timestamp: string.describe('When, as text'),
    actor: string.describe('Who did it'),
    reason: string.describe('Why'),
    ticket_ref: optional(string).describe('Ticket'),
    tenant_id: optional(string).describe('Tenant as the lifecycle names it; not the tenant of the envelope'),
  })
  .meta({ id: 'LifecycleEvent', description: 'One transition of an artifact' })
export type LifecycleEvent = parts.LifecycleEvent

const RollbackImpact = z
  .object({
    affected_count: optional(u64).describe('Outputs affected, if known'),
    quality_issues: list(string).describe('What was wrong'),
    invalidates_outputs: z.boolean().describe('Whether outputs are invalid'),
    severity: Severity.describe('How bad'),
    affected_tenants: list(string).describe('Tenants affected'),
  })
  .meta({ id: 'RollbackImpact', description: 'What a rollback affects' })

export const RollbackRecord = z
  .object({
    artifact_id: string.describe('Artifact that was rolled back'),
    previous_state: ArtifactState.describe('State before'),
    rolled_back_at: string.describe('When, as text'),
    actor: string.describe('Who did it'),
    reason: string.describe('Why'),
    impact: RollbackImpact.describe('What it affects'),
    incident_ref: optional(string).describe('Incident'),
    tenant_id: optional(string).describe('Tenant as the record names it; not the tenant of the envelope'),
  })
  .meta({ id: 'RollbackRecord', description: 'A rollback of an artifact' })
