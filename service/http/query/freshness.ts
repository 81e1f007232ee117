/** How far the tables were behind the log when somebody looked. */
export interface SeenLag {
  /** Records of the log that were not projected yet. */
  readonly events: bigint
  /** When that was seen, ms since the epoch. */
  readonly at: number
}

/** Tells how far the tables are behind the log, without asking the log. */
export interface Freshness {
  /** Of a tenant, or of all; null before the first look. */
  lagOf(tenant: string | null): SeenLag | null
  /** For how long the tables have lacked a record that they lack now, at least, seconds; 0 where they lack none. */
  lagSeconds(): number
}
