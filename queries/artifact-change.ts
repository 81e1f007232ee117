import type { ExperienceEvent, ExperienceEventEnvelope } from '../schemas/types/event-types.ts'

/** An event that changed an artifact's state: a transition or a rollback. */
export interface ArtifactChange extends ExperienceEventEnvelope {
  event: Extract<ExperienceEvent, { type: 'ArtifactStateTransitioned' | 'ArtifactRollbackRecorded' }>
}
