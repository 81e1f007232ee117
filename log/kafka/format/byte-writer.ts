import { varintBytes, writeVarint, zigzag } from '../../../base/varint.ts'

/**
 * Writes the types of Kafka's protocol (https://kafka.apache.org/protocol#protocol_types) and of the records in its batches
 * into bytes that were reserved beforehand.
 */
export class ByteWriter {
  readonly bytes: Buffer
  at = 0

  /** `size`: bytes that will be written at most. */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  /** A view of what was written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  int8(value: number): void {
    this.bytes[this.at++] = value
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  int64(value: bigint): void {
    this.at = this.bytes.writeBigInt64BE(value, this.at)
  }

  string(text: string | null): void {
    if (text === null) {
      this.int16(-1)
      return
    }
    const length = this.bytes.write(text, this.at + 2)
    this.int16(length)
    this.at += length
  }

  /** Bytes after their length as an `int32`. */
  blob(bytes: Uint8Array): void {
    this.int32(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** A zigzag varint (Protocol Buffers, "Signed Integers") of an integer within ±2⁵². */
  varint(value: number): void {
    this.at = writeVarint(this.bytes, this.at, zigzag(value))
  }

  /** Bytes after their length as a varint; null as the length -1. */
  varBlob(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.varint(-1)
      return
    }
    this.varint(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** Text as UTF-8 after its length as a varint. */
  varText(text: string): void {
    const start = this.beginPrefixed(text.length)
    this.at += this.bytes.write(text, this.at)
    this.endPrefixed(start, text.length)
  }

  /** Leaves out the room for the length, as a varint, of what is written next: `least` bytes or more. */
  beginPrefixed(least: number): number {
    const start = this.at
    this.at += varintBytes(zigzag(least))
    return start
  }

  /** Writes the length of what was written since; where it takes more room than was left, moves that. */
  endPrefixed(start: number, least: number): void {
    const begin = start + varintBytes(zigzag(least))
    const { at: end } = this
    const length = end - begin
    const moved = varintBytes(zigzag(length)) - varintBytes(zigzag(least))
    if (moved > 0) this.bytes.copyWithin(begin + moved, begin, end)
    this.at = start
    this.varint(length)
    this.at = end + moved
  }
}
