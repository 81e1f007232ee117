import { varintBytes, writeVarint } from '../../base/varint.ts'
import type { Column, Columns, RowOf } from '../columns/table-columns.ts'
import type { ColumnBuffer } from './column-buffer.ts'
import { Texts } from './texts.ts'

/** Rows of one table. */
export interface NativeBlock {
  readonly rows: number
  readonly columns: readonly string[]
  /** Their values, as ClickHouse's Native format, in pieces. */
  readonly native: readonly Uint8Array[]
}

/** Collects rows of one table as one block of ClickHouse's Native format; the columns may be some of a row's only. */
export class BlockBuilder<C extends Columns> {
  readonly columns: readonly string[]
  readonly #buffers: readonly ColumnBuffer<never>[]
  readonly #headers: readonly Uint8Array[]
  #rows = 0

  constructor(columns: Partial<C>) {
    const list = Object.entries<Column<never>>(columns as Columns)
    this.columns = list.map(([name]) => name)
    this.#buffers = list.map(([, { type }]) => type.newBuffer())
    this.#headers = list.map(([name, { type }]) => columnHeader(name, type.sentAs))
  }

  /** Rows set since `begin`. */
  get rows(): number {
    return this.#rows
  }

  /** Begins a block of up to `rows` rows, in the room of the one before, whose pieces are void from now on. */
  begin(rows: number): void {
    this.#rows = 0
    for (const buffer of this.#buffers) buffer.begin(rows)
  }

  /** The buffer of a column, to set its values in; undefined where the block does not have it. */
  buffer(name: string): ColumnBuffer<never> | undefined {
    return this.#buffers[this.columns.indexOf(name)]
  }

  /** The buffer of a column that the block has. Throws a `TypeError` otherwise, or if it is of another class. */
  column<Buffer extends ColumnBuffer<never>>(
    name: keyof C & string,
    type: abstract new (...parameters: never) => Buffer,
  ): Buffer {
    const buffer = this.buffer(name)
    if (!(buffer instanceof type)) throw new TypeError(`there is no column ${name} of this class`)
    return buffer
  }

  /** Begins the next row, whose values are set in the columns' buffers, and answers with its number. */
  nextRow(): number {
    return this.#rows++
  }

  /** Adds a whole row. */
  add(row: RowOf<C>): void {
    const number = this.nextRow()
    const values = row as Readonly<Record<string, never>>
    for (const [place, name] of this.columns.entries()) {
      const value = values[name]
      if (value !== null) this.#buffers[place]!.set(number, value as never)
    }
  }

  /** The block, until the next `begin`. */
  finish(): NativeBlock {
    const pieces: Uint8Array[] = [varints(this.columns.length, this.#rows)]
    for (const [place, buffer] of this.#buffers.entries()) {
      pieces.push(this.#headers[place]!, ...buffer.finish(this.#rows))
    }
    return { rows: this.#rows, columns: this.columns, native: pieces }
  }
}

/** A block of these rows. */
export function blockOf<C extends Columns>(columns: C, rows: readonly RowOf<C>[]): NativeBlock {
  const builder = new BlockBuilder<C>(columns)
  builder.begin(rows.length)
  for (const row of rows) builder.add(row)
  return builder.finish()
}

/** A column's name and type. */
function columnHeader(name: string, typeName: string): Uint8Array {
  const texts = new Texts()
  texts.add(name)
  texts.add(typeName)
  return texts.finish()
}

function varints(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + varintBytes(value), 0))
  let at = 0
  for (const value of values) at = writeVarint(bytes, at, value)
  return bytes
}
