/** Types of Thrift's compact protocol. */
const TRUE = 1
const FALSE = 2
const BYTE = 3
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const MAP = 11
const STRUCT = 12

/** Field of `FileMetaData` in parquet.thrift: rows of the file. */
const NUM_ROWS = 3

/** How many rows a Parquet file has, by its footer. Throws a `TypeError` for what is none. */
export function rowsOfParquet(file: Buffer): number {
  if (file.length < 12 || file.subarray(-4).toString('latin1') !== 'PAR1') throw new TypeError('not a Parquet file')
  const footer = file.readUInt32LE(file.length - 8)
  const reader = new CompactReader(file.subarray(file.length - 8 - footer, file.length - 8))
  for (let field = reader.field(0); field !== null; field = reader.field(field.id)) {
    if (field.id === NUM_ROWS) return Number(reader.zigzag())
    reader.skip(field.type)
  }
  throw new TypeError('a Parquet file that does not tell its rows')
}

/** Reads Thrift's compact protocol. */
class CompactReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** The next field of a struct, behind the field of `previous`; null at its end. */
  field(previous: number): { readonly id: number; readonly type: number } | null {
    const head = this.#byte()
    if (head === 0) return null
    const type = head & 15
    const delta = head >> 4
    return { id: delta === 0 ? Number(this.zigzag()) : previous + delta, type }
  }

  zigzag(): bigint {
    const value = this.#varint()
    return (value >> 1n) ^ -(value & 1n)
  }

  skip(type: number): void {
    switch (type) {
      case TRUE:
      case FALSE:
        return
      case BYTE:
        this.#at++
        return
      case DOUBLE:
        this.#at += 8
        return
      case BINARY: {
        const length = Number(this.#varint())
        this.#at += length
        return
      }
      case LIST:
      case SET:
        return this.#skipList()
      case MAP:
        return this.#skipMap()
      case STRUCT:
        for (let field = this.field(0); field !== null; field = this.field(field.id)) this.skip(field.type)
        return
      default:
        this.#varint()
    }
  }

  #skipList(): void {
    const head = this.#byte()
    const size = head >> 4 === 15 ? Number(this.#varint()) : head >> 4
    for (let item = 0; item < size; item++) this.#skipItem(head & 15)
  }

  #skipMap(): void {
    const size = Number(this.#varint())
    if (size === 0) return
    const types = this.#byte()
    for (let item = 0; item < size; item++) {
      this.#skipItem(types >> 4)
      this.#skipItem(types & 15)
    }
  }

  /** A truth value in a list takes a byte, other than in a field. */
  #skipItem(type: number): void {
    this.skip(type === TRUE || type === FALSE ? BYTE : type)
  }

  #varint(): bigint {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#at++)
  }
}
