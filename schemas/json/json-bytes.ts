import { BACKSLASH, QUOTE, SPACE, ZERO } from '../../base/characters.ts'

/** UTF-8 bytes of JSON text under construction, in one buffer that grows and is used again. */
export class JsonBytes {
  #bytes = Buffer.allocUnsafeSlow(1 << 14)
  #length = 0

  /** Bytes written since `clear`. */
  get length(): number {
    return this.#length
  }

  clear(): void {
    this.#length = 0
  }

  /** The buffer that holds the text, `length` bytes of it: it changes with the next write. */
  get buffer(): Buffer {
    return this.#bytes
  }

  /** A text of ours, such as a key with its colon. */
  literal(text: Uint8Array): void {
    const { length } = text
    this.#reserve(length)
    const bytes = this.#bytes
    const at = this.#length
    // A native copy begins to pay at some twenty bytes.
    for (let i = 0; i < length; i++) bytes[at + i] = text[i]!
    this.#length = at + length
  }

  /** ASCII text that needs no escape, such as a number. */
  ascii(text: string): void {
    const { length } = text
    this.#reserve(length)
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = text.charCodeAt(i)
    this.#length += length
  }

  /** Text that is JSON already. */
  text(text: string): void {
    this.#reserve(text.length * 3)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /**
   * Prints UTF-8 bytes as a string: what JSON must escape is escaped as `JSON.stringify` and serde_json do. Answers whether all
   * of it was ASCII; where not, the caller has to know that it is well-formed.
   */
  string(source: Uint8Array, start: number, end: number): boolean {
    this.#reserve(2 + (end - start) * LONGEST_ESCAPE)
    const bytes = this.#bytes
    let at = this.#length
    let union = 0
    bytes[at++] = QUOTE
    for (let i = start; i < end; i++) {
      const unit = source[i]!
      union |= unit
      if (unit >= SPACE && unit !== QUOTE && unit !== BACKSLASH) bytes[at++] = unit
      else {
        const escape = escapes[unit]!
        for (let k = 0; k < escape.length; k++) bytes[at++] = escape[k]!
      }
    }
    bytes[at++] = QUOTE
    this.#length = at
    return union < 0x80
  }

  /** An unsigned 64-bit integer by its halves of 32 bits, of which each may be given as a signed one. */
  unsigned(low: number, high: number): void {
    if (high === 0 && low >= 0) this.#digits(low)
    else if (high >= 0 && high < 1 << 21) this.#digits(high * 2 ** 32 + (low >>> 0))
    else this.ascii(((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString())
  }

  /** A safe integer that is not negative. */
  #digits(value: number): void {
    let size = 1
    for (let bound = 10; value >= bound; bound *= 10) size++
    this.#reserve(size)
    const bytes = this.#bytes
    let rest = value
    for (let at = this.#length + size - 1; at >= this.#length; at--) {
      const tens = Math.floor(rest / 10)
      bytes[at] = ZERO + (rest - tens * 10)
      rest = tens
    }
    this.#length += size
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}

/** `\u001f` */
const LONGEST_ESCAPE = 6

/** What stands for each byte below 128 that is not written as it is. */
const escapes: readonly Uint8Array[] = Array.from({ length: 128 }, (_, unit) =>
  Buffer.from(JSON.stringify(String.fromCharCode(unit)).slice(1, -1)),
)
