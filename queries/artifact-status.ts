import type { ArtifactKind, ArtifactState } from '../schemas/types/event-part-types.ts'

/** Where an artifact stands, by its transitions and rollbacks in the order of their instants. */
export interface ArtifactStatus {
  readonly tenant_id: string | null
  readonly artifact_id: string
  /** The kind that the last transition named; null where only rollbacks are known, which name none. */
  readonly kind: ArtifactKind | null
  readonly state: ArtifactState
  /** `occurred_at` of the event that led to the state. */
  readonly since: string
  readonly transitions: bigint
  /** Transitions that the state machine forbids (docs/contract.md §14); they are recorded, and count here. */
  readonly forbidden_transitions: bigint
}
