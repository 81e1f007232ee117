/** What there is to say of a server's wall between those who ask SQL, a line each. */
export interface WallReport {
  /** What makes it no wall: nothing is asked through it. */
  readonly unsafe: readonly string[]
  /** What analysts may not ask, though they should. */
  readonly lacking: readonly string[]
}
