/**
 * Writes values in ClickHouse's RowBinary format (https://clickhouse.com/docs/interfaces/formats/RowBinary) into one growing
 * buffer: little-endian numbers, strings as a varint length and UTF-8. Nothing is allocated for a value.
 */
export class RowBinaryWriter {
  private buffer: Buffer
  private view: DataView
  private position = 0

  constructor() {
    this.buffer = Buffer.allocUnsafeSlow(SMALLEST)
    this.view = viewOf(this.buffer)
  }

  /** Bytes written since the last `finish`. */
  get length(): number {
    return this.position
  }

  /** What was written. The bytes are the caller's to keep: the writer goes on in a new buffer. */
  finish(): Uint8Array {
    const written = this.buffer.subarray(0, this.position)
    // The next batch is mostly as large as this one: growing would copy it several times.
    this.buffer = Buffer.allocUnsafeSlow(Math.max(SMALLEST, Math.ceil(this.position * 1.1)))
    this.view = viewOf(this.buffer)
    this.position = 0
    return written
  }

  uint8(value: number): void {
    this.reserve(1)
    this.buffer[this.position++] = value
  }

  bool(value: boolean): void {
    this.uint8(value ? 1 : 0)
  }

  int32(value: number): void {
    this.reserve(4)
    this.view.setInt32(this.position, value, true)
    this.position += 4
  }

  uint32(value: number): void {
    this.reserve(4)
    this.view.setUint32(this.position, value, true)
    this.position += 4
  }

  int64(value: bigint): void {
    this.reserve(8)
    this.view.setBigInt64(this.position, value, true)
    this.position += 8
  }

  uint64(value: bigint): void {
    this.reserve(8)
    this.view.setBigUint64(this.position, value, true)
    this.position += 8
  }

  /** A UInt128 from its 16 bytes, the least significant first. */
  uint128(bytes: Uint8Array): void {
    if (bytes.length !== 16) throw new RangeError(`a UInt128 has 16 bytes, not ${bytes.length}`)
    this.reserve(16)
    for (let i = 0; i < 16; i++) this.buffer[this.position++] = bytes[i] ?? 0
  }

  float32(value: number): void {
    this.reserve(4)
    this.view.setFloat32(this.position, value, true)
    this.position += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.position, value, true)
    this.position += 8
  }

  /** A length or a count: LEB128, below 2^32. */
  varint(value: number): void {
    this.reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.buffer[this.position++] = rest
  }

  string(value: string): void {
    const units = value.length
    this.reserve(5 + units * 3)
    if (units <= SHORT && this.shortAscii(value, units)) return
    // A UTF-16 unit takes one to three bytes: mostly the size of the length is known before the length itself.
    const lengthBytes = varintBytes(units)
    if (lengthBytes === varintBytes(units * 3)) {
      const bytes = this.buffer.write(value, this.position + lengthBytes)
      this.varint(bytes)
      this.position += bytes
    } else {
      this.varint(Buffer.byteLength(value))
      this.position += this.buffer.write(value, this.position)
    }
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length)
    this.reserve(value.length)
    this.buffer.set(value, this.position)
    this.position += value.length
  }

  /** Writes a short string of ASCII without a call into native code; answers false, and writes nothing, for another. */
  private shortAscii(value: string, units: number): boolean {
    const start = this.position + 1
    for (let i = 0; i < units; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return false
      this.buffer[start + i] = code
    }
    this.buffer[this.position] = units
    this.position = start + units
    return true
  }

  private reserve(bytes: number): void {
    const needed = this.position + bytes
    if (needed <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(grown, 0, 0, this.position)
    this.buffer = grown
    this.view = viewOf(grown)
  }
}

/** Bytes that a buffer has at least. */
const SMALLEST = 1 << 16

/** Longest string that is written unit by unit: beyond it a native call is faster. Its length takes one byte. */
const SHORT = 40

function varintBytes(value: number): number {
  if (value < 1 << 7) return 1
  if (value < 1 << 14) return 2
  if (value < 1 << 21) return 3
  return value < 1 << 28 ? 4 : 5
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
