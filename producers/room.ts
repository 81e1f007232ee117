/**
 * Bytes that records may take between being encoded and being answered for. What a topic holds may not exceed what is left
 * free (the dynamic threshold of Choudhury and Hahne 1998): a single topic gets half, and topics whose log is stuck always
 * leave room for the others.
 */
export class Room {
  readonly #limit: number
  #used = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get used(): number {
    return this.#used
  }

  /**
   * Takes the bytes, for a topic that holds `held` already; answers whether there was room. What is larger than all the room
   * gets it when it is alone.
   */
  take(bytes: number, held: number): boolean {
    if (this.#used > 0 && held + bytes > this.#limit - this.#used) return false
    this.#used += bytes
    return true
  }

  release(bytes: number): void {
    this.#used -= bytes
  }
}
