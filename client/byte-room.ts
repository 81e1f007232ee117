/** Lets in so many bytes at a time; who comes when they are taken waits, in the order of coming. What is larger goes in alone. */
export class ByteRoom {
  readonly #bytes: number
  #taken = 0
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = []

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** Whether nobody waits, and there is some room. */
  get isFree(): boolean {
    return this.#waiting.length === 0 && this.#fits(0)
  }

  async take(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) this.#taken += bytes
    else await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }))
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#taken -= bytes
    this.#letIn()
  }

  /** Resolves when there is room for who comes next. */
  async free(): Promise<void> {
    await this.take(0)
    // It may have waited in front of others.
    this.#letIn()
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#taken += next.bytes
      next.enter()
    }
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || (this.#taken < this.#bytes && this.#taken + bytes <= this.#bytes)
  }
}
