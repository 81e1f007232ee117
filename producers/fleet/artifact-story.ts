import type { ArtifactKind, ArtifactState } from '../../schemas/contract/artifact.ts'
import type { ExperienceEvent } from '../../schemas/contract/experience-event.ts'
import type { FleetAgent, Story } from './agent.ts'
import { Run } from './run.ts'

const KINDS: readonly ArtifactKind[] = [
  'Adapter',
  'Pack',
  'Policy',
  'TruthFile',
  'EvalSuite',
  { Other: 'PromptTemplate' },
]

const MEDIAN_STEP_MS = 45_000
const FORBIDDEN_SHARE = 0.02

/** Where an artifact goes next in ordinary life; one that is in use may stay so. */
const nextStates: Readonly<Record<ArtifactState, readonly ArtifactState[]>> = {
  Draft: ['Approved', 'Approved', 'Approved', 'Deprecated'],
  Approved: ['Active', 'Active', 'Active', 'Quarantined', 'RolledBack'],
  Active: ['Quarantined', 'Deprecated', 'RolledBack'],
  Quarantined: ['Active', 'Active', 'RolledBack', 'Deprecated'],
  Deprecated: [],
  RolledBack: [],
}

/** Transitions that the state machine forbids and that happen all the same; the log records them as they come. */
const FORBIDDEN_STATES: readonly ArtifactState[] = ['Draft', 'Active', 'Approved']

const REASONS: Readonly<Record<ArtifactState, readonly string[]>> = {
  Draft: ['sent back to its author'],
  Approved: ['evaluation suite passed', 'reviewed by two owners'],
  Active: ['rolled out to all agents', 'investigation found nothing wrong'],
  Quarantined: ['answers drift from the baseline', 'a reviewer reported wrong citations'],
  Deprecated: ['replaced by a newer version', 'no agent has used it for 30 days'],
  RolledBack: ['quality fell after the roll-out', 'the policy forbids it since today'],
}

const QUALITY_ISSUES = ['cites documents that do not exist', 'refuses harmless requests', 'doses in the wrong unit']

function nextState({ random }: Run, from: ArtifactState): ArtifactState | undefined {
  if (random.chance(FORBIDDEN_SHARE)) return random.pick(FORBIDDEN_STATES)
  return nextStates[from].length === 0 ? undefined : random.pick(nextStates[from])
}

/** The life of an artifact, from its draft to its end. */
export function* artifactStory(agent: FleetAgent, start: number): Story {
  const run = new Run(agent, start)
  const { random } = run
  const kind = random.pick(KINDS)
  const name = typeof kind === 'string' ? kind.toLowerCase() : 'prompt'
  const artifactId = `${name}-${agent.tenant.domain.name}-${run.id}`
  let state: ArtifactState = 'Draft'
  // A forbidden transition may lead back, so the length is bounded by itself.
  for (let step = 0; step < 12; step++) {
    if (state === 'Active' && random.chance(0.3)) return
    const from = state
    const to = nextState(run, from)
    if (to === undefined) return
    run.wait(random.logNormal(MEDIAN_STEP_MS, 1))
    yield run.emit({
      type: 'ArtifactStateTransitioned',
      data: {
        artifact_id: artifactId,
        artifact_kind: kind,
        event: {
          from_state: from,
          to_state: to,
          timestamp: run.timestamp(),
          actor: random.chance(0.5) ? agent.id : 'release-manager',
          reason: random.pick(REASONS[to]),
          ticket_ref: random.chance(0.4) ? `OPS-${random.between(100, 9999)}` : null,
          tenant_id: agent.tenant.id,
        },
      },
    })
    state = to
    if (to === 'RolledBack') {
      run.wait(random.between(50, 5000))
      yield run.emit(recordRollback(run, artifactId, from))
    }
  }
}

function recordRollback(run: Run, artifactId: string, previous: ArtifactState): ExperienceEvent {
  const { random, agent } = run
  const tenantId = agent.tenant.id
  return {
    type: 'ArtifactRollbackRecorded',
    data: {
      rollback: {
        artifact_id: artifactId,
        previous_state: previous,
        rolled_back_at: run.timestamp(),
        actor: 'release-manager',
        reason: random.pick(REASONS.RolledBack),
        impact: {
          affected_count: random.chance(0.8) ? BigInt(random.between(1, 5000)) : null,
          quality_issues: QUALITY_ISSUES.filter(() => random.chance(0.4)),
          invalidates_outputs: random.chance(0.3),
          severity: random.pick(['Low', 'Medium', 'Medium', 'High', 'Critical'] as const),
          affected_tenants: tenantId === null ? [] : [tenantId],
        },
        incident_ref: random.chance(0.5) ? `INC-${random.between(100, 999)}` : null,
        tenant_id: tenantId,
      },
    },
  }
}
