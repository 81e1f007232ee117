/** Holds callers up while it is closed. */
export class Gate {
  #isOpen = true
  #turnsAway = false
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
    if (this.#turnsAway) throw turnedAway()
    if (this.#isOpen) return
    await new Promise<void>((go, fail) => this.#waiting.push({ go, fail }))
  }

  /** Sends off those that wait, without letting them through, and all who come later. */
  turnAway(): void {
    this.#turnsAway = true
    for (const { fail } of this.#waiting.splice(0)) fail(turnedAway())
  }
}

function turnedAway(): Error {
  return new Error('the gate stays closed')
}
