import { isUtf8 } from 'node:buffer'

/**
 * Thrown where a fast reader meets what it leaves to the exact one: bytes that do not fit, values that the contract does not allow,
 * and rare forms. No stack trace, which would take longer than reading an event.
 */
export const UNUSUAL: unique symbol = Symbol('left to the exact reader')

/** Reads Avro's binary encoding (Avro 1.11 specification, "Binary Encoding") without making values of it. Throws `UNUSUAL`. */
export class AvroCursor {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  /** The 64 bits of the last `long` as two signed halves. */
  low = 0
  high = 0
  /** Where the last `string` stands in the bytes. */
  start = 0
  end = 0

  reset(bytes: Uint8Array, at: number): void {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = at
  }

  /** Whether all bytes were read, and none beyond them. */
  get isAtEnd(): boolean {
    return this.at === this.bytes.length
  }

  /** Reads a `long` into `low` and `high`. */
  long(): void {
    const { bytes } = this
    const first = bytes[this.at]!
    if (first < 0x80) {
      this.at++
      this.low = (first >>> 1) ^ -(first & 1)
      this.high = this.low >> 31
      return
    }
    let low = 0
    let high = 0
    let shift = 0
    let byte
    do {
      byte = bytes[this.at++]!
      const part = byte & 0x7f
      if (shift < 28) low |= part << shift
      else if (shift === 28) {
        low |= part << 28
        high |= part >> 4
      } else {
        // A tenth byte holds one bit.
        if (shift === 63 && byte > 1) throw UNUSUAL
        high |= part << (shift - 32)
      }
      shift += 7
    } while (byte >= 0x80)
    if (this.at > bytes.length) throw UNUSUAL
    const sign = -(low & 1)
    this.low = ((low >>> 1) | (high << 31)) ^ sign
    this.high = (high >>> 1) ^ sign
  }

  /** A `long` or an `int` that counts or chooses something: from 0 to 2³¹-1. */
  count(): number {
    this.long()
    if (this.high !== 0 || this.low < 0) throw UNUSUAL
    return this.low
  }

  boolean(): boolean {
    const byte = this.bytes[this.at++]
    if (byte === 1) return true
    if (byte !== 0) throw UNUSUAL
    return false
  }

  double(): number {
    if (this.at + 8 > this.bytes.length) throw UNUSUAL
    for (let i = 0; i < 8; i++) doubleBytes[i] = this.bytes[this.at + i]!
    this.at += 8
    return doubleValue[0]!
  }

  /** Reads where a `string` stands. */
  string(): void {
    const length = this.count()
    this.start = this.at
    this.end = this.at += length
    if (this.at > this.bytes.length) throw UNUSUAL
  }

  /** To be called with a `string` that is not all ASCII. */
  checkUtf8(start: number, end: number): void {
    if (!isUtf8(this.bytes.subarray(start, end))) throw UNUSUAL
  }

  /** The items in the next block of an array or map; 0 after the last. Each item takes a byte at least. */
  blockCount(): number {
    const items = this.count()
    if (items > this.bytes.length - this.at) throw UNUSUAL
    return items
  }

  /** The last `string` read, as text. */
  text(): string {
    return this.bytes.toString('utf8', this.start, this.end)
  }
}

const doubleValue = new Float64Array(1)
const doubleBytes = new Uint8Array(doubleValue.buffer)
