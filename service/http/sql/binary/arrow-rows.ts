/** What begins a message of a stream, before the length of its metadata. */
const CONTINUATION = 0xffffffff
/** `MessageHeader` of Message.fbs. */
const RECORD_BATCH = 3

/** How many rows a stream of Arrow has: the sum of its batches'. Throws for what is none. */
export function rowsOfArrow(stream: Buffer): number {
  let rows = 0
  for (let at = 0; at < stream.length;) {
    if (stream.readUInt32LE(at) !== CONTINUATION) throw new TypeError('not a stream of Arrow')
    const length = stream.readInt32LE(at + 4)
    // The mark of the end.
    if (length === 0) return rows
    const message = rootOf(stream.subarray(at + 8, at + 8 + length))
    // Fields of Message.fbs: version, header's type, header, length of the body.
    if (message.uint8(1) === RECORD_BATCH) rows += message.table(2).int64(0)
    at += 8 + length + message.int64(3)
  }
  throw new TypeError('a stream of Arrow that does not end')
}

function rootOf(bytes: Buffer): FlatTable {
  return new FlatTable(bytes, bytes.readUInt32LE(0))
}

/** A table of FlatBuffers: fields by their numbers; what is left out is 0. */
class FlatTable {
  readonly #bytes: Buffer
  readonly #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  uint8(field: number): number {
    const at = this.#placeOf(field)
    return at === null ? 0 : this.#bytes.readUInt8(at)
  }

  /** Exact up to 2^53. */
  int64(field: number): number {
    const at = this.#placeOf(field)
    return at === null ? 0 : Number(this.#bytes.readBigInt64LE(at))
  }

  table(field: number): FlatTable {
    const at = this.#placeOf(field)
    if (at === null) throw new TypeError('a message of Arrow without its header')
    return new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at))
  }

  #placeOf(field: number): number | null {
    const fields = this.#at - this.#bytes.readInt32LE(this.#at)
    const place = 4 + 2 * field
    if (place >= this.#bytes.readUInt16LE(fields)) return null
    const offset = this.#bytes.readUInt16LE(fields + place)
    return offset === 0 ? null : this.#at + offset
  }
}
