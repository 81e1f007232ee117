import type { ForeignLimits } from '../read-model-store.ts'

/** The user of a ClickHouse server whom statements of others go out as, and what the server holds it to. */
export interface SqlDoor {
  /** A plain identifier. */
  readonly username: string
  readonly password: string
  /** The most that a statement may cost. */
  readonly limits: Omit<ForeignLimits, 'more'>
  /** Settings of the engine that a statement may choose: how answers are written, and what SQL means in small matters. */
  readonly chosen: readonly string[]
}
