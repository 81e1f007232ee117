import type { ArtifactKind } from './contract/artifact.ts'
import type { ExperienceEventEnvelopeInput } from './contract/envelope.ts'
import type { LifecycleEventInput } from './types/event-part-input-types.ts'

/**
 * The event of an artifact's transition. Time and tenant are the lifecycle event's own; the reference writes 1970 and no tenant,
 * so that no query by time or tenant finds the event (docs/contract.md, trap 32).
 */
export function artifactTransition(
  eventId: string,
  artifactId: string,
  artifactKind: ArtifactKind,
  event: LifecycleEventInput,
): ExperienceEventEnvelopeInput {
  return {
    event_id: eventId,
    occurred_at: event.timestamp,
    tenant_id: event.tenant_id ?? null,
    event: {
      type: 'ArtifactStateTransitioned',
      data: { artifact_id: artifactId, artifact_kind: artifactKind, event },
    },
  }
}
