import { varintBytes, writeVarint } from '../../base/varint.ts'

/** Strings one after another, each behind its length (LEB128), as ClickHouse's Native format holds them. */
export class Texts {
  #bytes = Buffer.alloc(SMALLEST)
  #length = 0

  /** Begins anew, in the same room. */
  clear(): void {
    this.#bytes.fill(0, 0, this.#length)
    this.#length = 0
  }

  add(text: string): void {
    const units = text.length
    // A UTF-16 unit takes one to three bytes: mostly the size of the length is known before the length itself.
    this.#reserve(5 + units * 3)
    const lengthBytes = varintBytes(units)
    if (lengthBytes === varintBytes(units * 3)) {
      const bytes = this.#bytes.write(text, this.#length + lengthBytes)
      this.#varint(bytes)
      this.#length += bytes
    } else {
      this.#varint(Buffer.byteLength(text))
      this.#length += this.#bytes.write(text, this.#length)
    }
  }

  addBytes(source: Uint8Array, start: number, end: number): void {
    const count = end - start
    this.#reserve(5 + count)
    this.#varint(count)
    const bytes = this.#bytes
    const to = this.#length
    if (count <= SHORT) for (let i = 0; i < count; i++) bytes[to + i] = source[start + i]!
    else bytes.set(source.subarray(start, end), to)
    this.#length = to + count
  }

  /** Adds empty strings: zero bytes, of which the rest of the buffer is full. */
  addEmpty(count: number): void {
    this.#reserve(count)
    this.#length += count
  }

  /** The bytes of all, until the next change. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #varint(value: number): void {
    this.#length = writeVarint(this.#bytes, this.#length, value)
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.alloc(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}

const SMALLEST = 64

/** Bytes up to which a loop is faster than a call into native code. */
const SHORT = 64
