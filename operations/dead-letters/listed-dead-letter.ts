/** Where a dead letter stands: nobody has settled it, or how. */
export const DEAD_LETTER_STATES = ['open', 'retried', 'discarded'] as const
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number]

/** A dead letter as it is listed, in the order of the printing. */
export interface DeadLetterSummary {
  /** Position of the bad record: topic/partition/offset. */
  readonly id: string
  /** Tenant by the topic's name; '' for events without one, null where the name does not tell. */
  readonly tenant_id: string | null
  /** Why the record is no event: docs/errors.md has the reasons. */
  readonly reason: string
  readonly field: string | null
  readonly message: string
  /** When the log took the record, ISO 8601; null for a time that no calendar holds. */
  readonly logged_at: string | null
  readonly schema_id: number | null
  /** What the headers say; a foreign producer may have left them out. */
  readonly kind: string | null
  readonly event_id: string | null
  readonly state: DeadLetterState
}

/** A question for dead letters. */
export interface DeadLetterQueryInput {
  /** Tenant whose topic holds them; none means all tenants, and the topic of events without one. */
  readonly tenant_id?: string | null | undefined
  /** Why they are no events; none means any reason. */
  readonly reason?: string | null | undefined
  /** Where they stand; none means anywhere. */
  readonly state?: DeadLetterState | null | undefined
}
