import type { FaultKind } from './faults.ts'

/** Counts the faults that were really done: some find nothing to hit when their time comes. */
export class FaultLog {
  readonly #counts = new Map<FaultKind, number>()
  readonly #tell: (line: string) => void

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  /** Does a fault, and counts it when it answers that it was done. */
  async note(kind: FaultKind, inject: () => Promise<boolean>): Promise<void> {
    const done = await inject()
    if (done) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    this.#tell(done ? kind : `${kind} found nothing to hit`)
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([left], [right]) => (left < right ? -1 : 1)))
  }
}
