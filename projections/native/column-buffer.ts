/**
 * One column of a block under construction, in ClickHouse's Native format
 * (https://clickhouse.com/docs/interfaces/formats/Native): all values of a column lie together, so that most of the cells of a
 * wide, sparse table cost nothing but room. Rows are set in their order; one that is passed over holds the type's default, or
 * NULL where the column may.
 */
export abstract class ColumnBuffer<Value> {
  /** 1 for each row that is NULL; null where none may be. */
  protected nulls: Uint8Array | null

  constructor(isNullable: boolean) {
    this.nulls = isNullable ? new Uint8Array(0) : null
  }

  /** Begins a column of up to `rows` rows, in the room of the one before. */
  begin(rows: number): void {
    if (this.nulls !== null) {
      if (this.nulls.length < rows) this.nulls = new Uint8Array(rows)
      this.nulls.fill(1, 0, rows)
    }
    this.clear(rows)
  }

  /** Sets the value of a row that lies behind all that were set. */
  abstract set(row: number, value: Value): void

  /** The bytes of the first `rows` rows, until the next `begin`. */
  finish(rows: number): Uint8Array[] {
    const values = this.values(rows)
    return this.nulls === null ? values : [this.nulls.subarray(0, rows), ...values]
  }

  /** Makes room for `rows` values, all of them the default. */
  protected abstract clear(rows: number): void
  protected abstract values(rows: number): Uint8Array[]
}

function bytesOf(array: Int32Array | Float64Array, length: number): Uint8Array {
  return new Uint8Array(array.buffer, 0, length * array.BYTES_PER_ELEMENT)
}

/** Integers of one byte, by whatever name. */
abstract class ByteBuffer<Value> extends ColumnBuffer<Value> {
  #values = new Uint8Array(0)

  setByte(row: number, value: number): void {
    this.#values[row] = value
    if (this.nulls !== null) this.nulls[row] = 0
  }

  protected clear(rows: number): void {
    if (this.#values.length < rows) this.#values = new Uint8Array(rows)
    else this.#values.fill(0, 0, rows)
  }

  protected values(rows: number): Uint8Array[] {
    return [this.#values.subarray(0, rows)]
  }
}

/** `Bool`. */
export class BoolBuffer extends ByteBuffer<boolean> {
  set(row: number, value: boolean): void {
    this.setByte(row, value ? 1 : 0)
  }
}

/** `Enum8`. A word that it does not have throws a `RangeError`. */
export class EnumBuffer extends ByteBuffer<string> {
  readonly #numbers: ReadonlyMap<string, number>

  constructor(isNullable: boolean, numbers: ReadonlyMap<string, number>) {
    super(isNullable)
    this.#numbers = numbers
  }

  set(row: number, word: string): void {
    this.setByte(row, this.numberOf(word))
  }

  /** What stands for a word. */
  numberOf(word: string): number {
    const number = this.#numbers.get(word)
    if (number === undefined) throw new RangeError(`not a word of the enumeration: ${JSON.stringify(word)}`)
    return number
  }
}

/** `Int32` and `UInt32`. */
export class Int32Buffer extends ColumnBuffer<number> {
  #values = new Int32Array(0)

  set(row: number, value: number): void {
    // What lies beyond 2³¹ is stored as the negative number of the same bits.
    this.#values[row] = value
    if (this.nulls !== null) this.nulls[row] = 0
  }

  protected clear(rows: number): void {
    if (this.#values.length < rows) this.#values = new Int32Array(rows)
    else this.#values.fill(0, 0, rows)
  }

  protected values(rows: number): Uint8Array[] {
    return [bytesOf(this.#values, rows)]
  }
}

/** Integers of 64 bits by their halves: a bigint for each would take longer than all else that is done with it here. */
export abstract class HalvesBuffer<Value> extends ColumnBuffer<Value> {
  #halves = new Int32Array(0)

  /** The low and the high 32 bits, each as a signed or unsigned integer. */
  setHalves(row: number, low: number, high: number): void {
    this.#halves[2 * row] = low
    this.#halves[2 * row + 1] = high
    if (this.nulls !== null) this.nulls[row] = 0
  }

  protected clear(rows: number): void {
    if (this.#halves.length < 2 * rows) this.#halves = new Int32Array(2 * rows)
    else this.#halves.fill(0, 0, 2 * rows)
  }

  protected values(rows: number): Uint8Array[] {
    return [bytesOf(this.#halves, 2 * rows)]
  }
}

/** `Int64` and `UInt64`, and times in nanoseconds. */
export class Int64Buffer extends HalvesBuffer<bigint> {
  set(row: number, value: bigint): void {
    this.setHalves(row, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }
}

/** 64-bit integers that are safe as a number, such as times in milliseconds. A fraction is cut off. */
export class SafeIntegerBuffer extends HalvesBuffer<number> {
  set(row: number, value: number): void {
    const whole = Math.trunc(value)
    this.setHalves(row, whole, Math.floor(whole / 2 ** 32))
  }
}

/** `Float64`. */
export class Float64Buffer extends ColumnBuffer<number> {
  #values = new Float64Array(0)

  set(row: number, value: number): void {
    this.#values[row] = value
    if (this.nulls !== null) this.nulls[row] = 0
  }

  protected clear(rows: number): void {
    if (this.#values.length < rows) this.#values = new Float64Array(rows)
    else this.#values.fill(0, 0, rows)
  }

  protected values(rows: number): Uint8Array[] {
    return [bytesOf(this.#values, rows)]
  }
}

/** Values of a fixed number of bytes, such as a `UInt128`, the least significant first. */
export class FixedBytesBuffer extends ColumnBuffer<Uint8Array> {
  readonly #width: number
  #values = new Uint8Array(0)

  constructor(isNullable: boolean, width: number) {
    super(isNullable)
    this.#width = width
  }

  set(row: number, value: Uint8Array): void {
    if (value.length !== this.#width) throw new RangeError(`a value has ${this.#width} bytes, not ${value.length}`)
    this.setBytes(row, value, 0)
  }

  /** The bytes from `start` on. */
  setBytes(row: number, source: Uint8Array, start: number): void {
    const to = row * this.#width
    for (let i = 0; i < this.#width; i++) this.#values[to + i] = source[start + i]!
    if (this.nulls !== null) this.nulls[row] = 0
  }

  protected clear(rows: number): void {
    const bytes = rows * this.#width
    if (this.#values.length < bytes) this.#values = new Uint8Array(bytes)
    else this.#values.fill(0, 0, bytes)
  }

  protected values(rows: number): Uint8Array[] {
    return [this.#values.subarray(0, rows * this.#width)]
  }
}
