import { writeVarint } from '../../../base/varint.ts'
import { allocateRecord } from '../../allocate-record.ts'

const FIRST_BYTES = 64 * 1024
/** Of a string of n UTF-16 units, and of any number: a unit takes 3 bytes at most, and a varint 10. */
const UNIT_BYTES = 3
const NUMBER_BYTES = 10

/** Bytes in Avro's binary encoding (Avro 1.11 specification, "Binary Encoding"), which grow as they are written. */
export class AvroOutput {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #at = 0

  /** Begins anew. */
  clear(): void {
    this.#at = 0
  }

  /** A copy of what was written, behind so many bytes that are left free. */
  copy(free = 0): Buffer {
    const bytes = allocateRecord(free + this.#at)
    this.#bytes.copy(bytes, free, 0, this.#at)
    return bytes
  }

  boolean(value: boolean): void {
    if (typeof value !== 'boolean') throw new TypeError('a boolean is needed')
    this.#reserve(NUMBER_BYTES)
    this.#bytes[this.#at++] = value ? 1 : 0
  }

  /** An integer from 0 to 2³²−1 as `long` or `int`. */
  u32(value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value <= 0xff_ff_ff_ff))
      throw new RangeError('a 32-bit integer is needed')
    this.#reserve(NUMBER_BYTES)
    this.#varint(value * 2)
  }

  /** The 64 bits of an unsigned integer as a `long`, so that values from 2⁶³ up are negative ones. */
  u64(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value > U64_MAX) throw new RangeError('a 64-bit integer is needed')
    this.#reserve(NUMBER_BYTES)
    if (value < EXACT) {
      this.#varint(Number(value) * 2)
      return
    }
    const signed = BigInt.asIntN(64, value)
    let rest = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n))
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#at++] = Number(rest)
  }

  double(value: number): void {
    if (typeof value !== 'number') throw new TypeError('a number is needed')
    this.#reserve(NUMBER_BYTES)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  string(text: string): void {
    const units = text.length
    this.#reserve(NUMBER_BYTES + UNIT_BYTES * units)
    const start = this.#at
    this.#varint(units * 2)
    const begin = this.#at
    const length = this.#bytes.write(text, begin)
    this.#at += length
    if (length !== units) this.#lengthen(start, begin, length)
  }

  /** Writes the length of what stands from `begin` on anew at `start`, where it may take more room. */
  #lengthen(start: number, begin: number, length: number): void {
    const text = Buffer.from(this.#bytes.subarray(begin, begin + length))
    this.#at = start
    this.#varint(length * 2)
    text.copy(this.#bytes, this.#at)
    this.#at += length
  }

  /** Makes room for so many bytes. */
  #reserve(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(2 * needed)
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }

  #varint(value: number): void {
    this.#at = writeVarint(this.#bytes, this.#at, value)
  }
}

const U64_MAX = 2n ** 64n - 1n
/** Below, the double of a value is an exact number. */
const EXACT = 2n ** 52n
