import { ColumnBuffer } from './column-buffer.ts'
import { Texts } from './texts.ts'

/** `Map(String, String)`: for each row how many entries there are up to its end, then all keys, then all values. */
export class TextMapBuffer extends ColumnBuffer<Readonly<Record<string, string>>> {
  #ends = new BigUint64Array(0)
  readonly #keys = new Texts()
  readonly #values = new Texts()
  #entries = 0n
  #row = 0

  /** In the order of the object's keys. */
  set(row: number, value: Readonly<Record<string, string>>): void {
    this.#pass(row)
    for (const [key, text] of Object.entries(value)) {
      this.#keys.add(key)
      this.#values.add(text)
      this.#entries++
    }
    this.#ends[row] = this.#entries
    this.#row = row + 1
  }

  protected clear(rows: number): void {
    if (this.#ends.length < rows) this.#ends = new BigUint64Array(rows)
    this.#keys.clear()
    this.#values.clear()
    this.#entries = 0n
    this.#row = 0
  }

  protected values(rows: number): Uint8Array[] {
    this.#pass(rows)
    return [new Uint8Array(this.#ends.buffer, 0, rows * 8), this.#keys.finish(), this.#values.finish()]
  }

  #pass(row: number): void {
    this.#ends.fill(this.#entries, this.#row, row)
  }
}
