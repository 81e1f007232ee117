/** Whether a dead letter is open, and otherwise how it was settled. */
export const DEAD_LETTER_STATES = ['open', 'retried', 'discarded'] as const
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number]

/** A dead letter: a record of the log that is not an event. */
export interface DeadLetterSummary {
  /** Position of the bad record: topic/partition/offset. */
  readonly id: string
  /** The tenant that the topic belongs to; '' for events without a tenant, null if the topic's name does not say. */
  readonly tenant_id: string | null
  /** Why the record is not an event; docs/errors.md explains the reasons. */
  readonly reason: string
  /** Path of the faulty field, if the record could be read that far. */
  readonly field: string | null
  /** What is wrong, in words. */
  readonly message: string
  /** When the log took the record, ISO 8601; null for a time that is in no calendar. */
  readonly logged_at: string | null
  /** Id of the schema that the record names. */
  readonly schema_id: number | null
  /** Kind of event, as the record's header says; null without the header. */
  readonly kind: string | null
  /** Event id, as the record's header says; null without the header. */
  readonly event_id: string | null
  /** Whether it is open, and otherwise how it was settled. */
  readonly state: DeadLetterState
}

/** A question for dead letters. */
export interface DeadLetterQueryInput {
  /** Tenant. Default: all tenants, and events without a tenant. */
  readonly tenant_id?: string | null | undefined
  /** Why they are not events. Default: any reason. */
  readonly reason?: string | null | undefined
  /** Whether they are open, or how they were settled. Default: all. */
  readonly state?: DeadLetterState | null | undefined
}
