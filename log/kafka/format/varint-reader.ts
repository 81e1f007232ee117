import { ZERO } from '../../../base/characters.ts'

/** Reads the types of records inside a batch: zigzag varints (Protocol Buffers, "Signed Integers"), and bytes after their length. */
export class VarintReader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** A number of 32 bits. */
  int32(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    let value = byte & 0x7f
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[this.at++]!
      value |= (byte & 0x7f) << shift
    }
    return (value >>> 1) ^ -(value & 1)
  }

  /** A number of 64 bits, exact within ±2⁵³. */
  int64(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    // Told by the first bit: of a larger value the double does not hold it.
    const isNegative = (byte & 1) === 1
    let value = byte & 0x7f
    for (let unit = 0x80; byte >= 0x80; unit *= 0x80) {
      byte = bytes[this.at++]!
      value += (byte & 0x7f) * unit
    }
    return isNegative ? -(value + 1) / 2 : value / 2
  }

  /** A view of the bytes; null where there are none, which an empty value is not. */
  blob(): Buffer | null {
    const length = this.int32()
    if (length < 0) return null
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Null is read as empty. */
  string(): string {
    const length = this.int32()
    if (length <= 0) return ''
    this.at += length
    return this.bytes.toString('utf8', this.at - length, this.at)
  }

  /** Whether the next text is this one, in bytes; goes past it. */
  isText(text: Uint8Array): boolean {
    const { bytes } = this
    const length = this.int32()
    if (length > 0) this.at += length
    if (length !== text.length) return false
    const start = this.at - length
    for (let i = 0; i < length; i++) if (bytes[start + i] !== text[i]) return false
    return true
  }

  /** The number that the next text says in one to nine decimal digits; 0 for any other text. */
  decimal(): number {
    const { bytes } = this
    const length = this.int32()
    if (length > 0) this.at += length
    if (length < 1 || length > 9) return 0
    let value = 0
    for (let at = this.at - length; at < this.at; at++) {
      const digit = bytes[at]! - ZERO
      if (digit < 0 || digit > 9) return 0
      value = 10 * value + digit
    }
    return value
  }

  skipBlob(): void {
    const length = this.int32()
    if (length > 0) this.at += length
  }
}
