/** What the suite tells its child processes. */
export interface Message {
  /** From now on your clock is so much ahead of the real one. */
  readonly clockOffsetMs?: number
  /** No more pauses between events. */
  readonly hurry?: true
}

export function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null
}
