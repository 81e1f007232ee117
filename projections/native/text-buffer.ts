import { ColumnBuffer } from './column-buffer.ts'
import { Texts } from './texts.ts'

/** `String`: text, or any bytes. */
export class TextBuffer extends ColumnBuffer<string | Uint8Array> {
  readonly #texts = new Texts()
  #row = 0

  set(row: number, value: string | Uint8Array): void {
    this.#pass(row)
    if (typeof value === 'string') this.#texts.add(value)
    else this.#texts.addBytes(value, 0, value.length)
  }

  /** The UTF-8 bytes from `start` to `end`. */
  setBytes(row: number, source: Uint8Array, start: number, end: number): void {
    this.#pass(row)
    this.#texts.addBytes(source, start, end)
  }

  protected clear(): void {
    this.#texts.clear()
    this.#row = 0
  }

  protected values(rows: number): Uint8Array[] {
    this.#texts.addEmpty(rows - this.#row)
    return [this.#texts.finish()]
  }

  #pass(row: number): void {
    if (row > this.#row) this.#texts.addEmpty(row - this.#row)
    this.#row = row + 1
    if (this.nulls !== null) this.nulls[row] = 0
  }
}
