/**
 * What a printer met at the paths that it was asked to watch, one slot a path. What `first` and `second` hold depends on what
 * stands there:
 *
 * - text, hash: where its bytes begin and end in what is read
 * - word, variant (`type`): its place in the form's list, words before variants; boolean: 0 or 1; a count: itself
 * - 32 and 64-bit integer: the low and high half, as signed ones
 * - struct: where its JSON text begins and ends in what is printed
 * - float: `number` holds it
 */
export class PrintedSlots {
  /** 1 where the path led to a value, 0 where it ended in null or in another variant. */
  readonly present: Uint8Array
  readonly first: Int32Array
  readonly second: Int32Array
  readonly number: Float64Array

  constructor(size: number) {
    this.present = new Uint8Array(size)
    this.first = new Int32Array(size)
    this.second = new Int32Array(size)
    this.number = new Float64Array(size)
  }

  clear(): void {
    this.present.fill(0)
  }
}

/** What stands at a path that is watched. */
export type Leaf =
  | { readonly leaf: 'text' | 'boolean' | 'u32' | 'u64' | 'f32' | 'f64' | 'count' | 'struct' }
  | { readonly leaf: 'word'; readonly words: readonly string[] }

/** One of the slots, for whoever fills it. */
export class PrintedSlot {
  /** Undefined until something is found that stands there. */
  leaf: Leaf | undefined
  readonly #slots: PrintedSlots
  readonly #slot: number

  constructor(slots: PrintedSlots, slot: number) {
    this.#slots = slots
    this.#slot = slot
  }

  set(first: number, second: number): void {
    this.#slots.present[this.#slot] = 1
    this.#slots.first[this.#slot] = first
    this.#slots.second[this.#slot] = second
  }

  setNumber(value: number): void {
    this.#slots.present[this.#slot] = 1
    this.#slots.number[this.#slot] = value
  }

  increment(): void {
    this.#slots.first[this.#slot]!++
  }
}
