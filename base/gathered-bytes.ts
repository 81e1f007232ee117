/** So many pieces are held before they are made one: a piece takes a hundred bytes beside its own, and a sender may send single bytes. */
const LOOSE_PIECES = 1024

/** Pieces of something that is not whole yet. */
export class GatheredBytes {
  #pieces: Buffer[] = []
  #loose = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (++this.#loose < LOOSE_PIECES) return
    this.#pieces.push(Buffer.concat(this.#pieces.splice(-LOOSE_PIECES)))
    this.#loose = 0
  }

  /** All of them as one, which is the piece itself where there is only one; none are held any more. */
  take(): Buffer {
    const whole = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.clear()
    return whole
  }

  clear(): void {
    this.#pieces = []
    this.#loose = 0
    this.#length = 0
  }
}
