/** A statement that is being answered. */
export interface RunningStatement {
  /** Aborts when it is to end. */
  readonly killed: AbortSignal
  readonly end: () => void
}

/** Statements under way, so that who asked can end them: of a key, by the ids that it gave them. Ids of different keys do not meet. */
export class RunningStatements {
  readonly #running = new Map<string, Set<AbortController>>()

  begin(keyId: string | null, queryId: string): RunningStatement {
    const place = placeOf(keyId, queryId)
    const controller = new AbortController()
    const beside = this.#running.get(place) ?? new Set()
    this.#running.set(place, beside.add(controller))
    return {
      killed: controller.signal,
      end: () => {
        beside.delete(controller)
        if (beside.size === 0 && this.#running.get(place) === beside) this.#running.delete(place)
      },
    }
  }

  kill(keyId: string | null, queryId: string): void {
    for (const controller of this.#running.get(placeOf(keyId, queryId)) ?? []) controller.abort()
  }
}

function placeOf(keyId: string | null, queryId: string): string {
  return JSON.stringify([keyId, queryId])
}
