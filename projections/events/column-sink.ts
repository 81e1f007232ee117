import {
  BoolBuffer,
  EnumBuffer,
  Float64Buffer,
  HalvesBuffer,
  Int32Buffer,
  type ColumnBuffer,
} from '../native/column-buffer.ts'
import { TextBuffer } from '../native/text-buffer.ts'
import type { DetailSink } from './detail-reader.ts'

/** Puts the details of events into a column of a block. A value that the column cannot hold throws a `TypeError`. */
export class ColumnSink implements DetailSink {
  readonly #texts: TextBuffer | null
  readonly #words: EnumBuffer | null
  readonly #booleans: BoolBuffer | null
  readonly #integers: Int32Buffer | null
  readonly #halves: HalvesBuffer<unknown> | null
  readonly #floats: Float64Buffer | null

  constructor(buffer: ColumnBuffer<never>) {
    const any: unknown = buffer
    this.#texts = any instanceof TextBuffer ? any : null
    this.#words = any instanceof EnumBuffer ? any : null
    this.#booleans = any instanceof BoolBuffer ? any : null
    this.#integers = any instanceof Int32Buffer ? any : null
    this.#halves = any instanceof HalvesBuffer ? any : null
    this.#floats = any instanceof Float64Buffer ? any : null
  }

  text(row: number, source: Uint8Array, start: number, end: number): void {
    held(this.#texts).setBytes(row, source, start, end)
  }

  /** They may also go into a column of free text. */
  words(words: readonly string[]): (row: number, place: number) => void {
    const enumeration = this.#words
    if (enumeration === null) {
      const texts = held(this.#texts)
      return (row, place) => texts.set(row, words[place]!)
    }
    const numbers = words.map((word) => enumeration.numberOf(word))
    return (row, place) => enumeration.setByte(row, numbers[place]!)
  }

  boolean(row: number, value: boolean): void {
    held(this.#booleans).set(row, value)
  }

  integer32(row: number, value: number): void {
    held(this.#integers).set(row, value)
  }

  integer64(row: number, low: number, high: number): void {
    held(this.#halves).setHalves(row, low, high)
  }

  float(row: number, value: number): void {
    held(this.#floats).set(row, value)
  }
}

function held<Buffer>(buffer: Buffer | null): Buffer {
  if (buffer === null) throw new TypeError('the column is of another type')
  return buffer
}
