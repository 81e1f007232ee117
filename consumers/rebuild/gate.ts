/** Holds callers up while it is closed. */
export class Gate {
  #isOpen = true
  #waiting: { readonly go: () => void; readonly fail: (reason: Error) => void }[] = []

  get isOpen(): boolean {
    return this.#isOpen
  }

  close(): void {
    this.#isOpen = false
  }

  open(): void {
    this.#isOpen = true
    for (const { go } of this.#waiting.splice(0)) go()
  }

  /** Resolves when the gate is open. Rejects those that wait when they are turned away. */
  async pass(): Promise<void> {
    if (this.#isOpen) return
    await new Promise<void>((go, fail) => this.#waiting.push({ go, fail }))
  }

  /** Sends off those that wait, without letting them through. */
  turnAway(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new Error('the gate stays closed'))
  }
}
