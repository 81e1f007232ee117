/** A statement that was stored under a name, to be asked with other values of its parameters each time. */
export interface NamedQuery {
  readonly name: string
  /** The tenant whose own it is; null for all tenants. */
  readonly tenant: string | null
  readonly sql: string
  /** What it is for, in words. */
  readonly description: string
  /** ISO 8601, UTC. */
  readonly stored_at: string
  readonly stored_by: string
}

/** A letter, then up to 99 letters, digits, `_`, `-` and `.`. */
export const QUERY_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/
