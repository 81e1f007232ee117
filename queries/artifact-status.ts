import type { ArtifactKind, ArtifactState } from '../schemas/types/event-part-types.ts'

/** The current state of an artifact, from its transitions and rollbacks in the order of their instants. */
export interface ArtifactStatus {
  readonly tenant_id: string | null
  readonly artifact_id: string
  /** The kind that the last transition named; null if there were only rollbacks, which do not name it. */
  readonly kind: ArtifactKind | null
  readonly state: ArtifactState
  /** `occurred_at` of the event that led to the state. */
  readonly since: string
  /** How many transitions there were, forbidden ones included. */
  readonly transitions: bigint
  /** How many of them the state machine forbids (docs/contract.md §14). */
  readonly forbidden_transitions: bigint
}
