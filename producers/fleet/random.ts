const WORD = 2 ** 32
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A well mixed 32-bit word of a counter (the low-bias integer hash of Wellons, https://github.com/skeeto/hash-prospector). */
function mix(counter: number): number {
  const first = Math.imul(counter ^ (counter >>> 16), 0x21_f0_aa_ad)
  const second = Math.imul(first ^ (first >>> 15), 0x73_5a_2d_97)
  return second ^ (second >>> 15)
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

/**
 * A seeded source of random values: xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/), its state filled from the
 * seed in the manner of splitmix. Equal seeds give equal sequences wherever V8 runs (`normal` and `logNormal` rest on its
 * `Math.log`, `Math.cos` and `Math.exp`, which it computes in software). Not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** The seed may be any safe integer. */
  constructor(seed: number) {
    const start = (seed >>> 0) ^ mix(Math.floor(seed / WORD))
    const word = (index: number): number => mix((start + Math.imul(index, 0x9e_37_79_b9)) | 0)
    this.#a = word(1)
    this.#b = word(2)
    this.#c = word(3)
    // The state must not be all zeros, from which xoshiro never leaves.
    this.#d = word(4) | 1
  }

  /** An integer in [0, 2³²). */
  uint32(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return result >>> 0
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / WORD
  }

  /** An integer in [from, to], both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<Item>(list: readonly Item[]): Item {
    return list[Math.floor(this.fraction() * list.length)] as Item
  }

  /** A member of the list, in proportion to its weight. */
  weighted<Item extends { readonly weight: number }>(list: readonly Item[]): Item {
    let left = this.fraction() * list.reduce((sum, { weight }) => sum + weight, 0)
    return list.find(({ weight }) => (left -= weight) < 0) ?? (list.at(-1) as Item)
  }

  /** A value of the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction())
  }

  /** A value of the log-normal distribution with this median; `sigma` is the standard deviation of its logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal())
  }

  /** Hexadecimal text of 8 digits a word. */
  hex(words: number): string {
    let text = ''
    for (let index = 0; index < words; index++) {
      const word = this.uint32()
      text += BYTES[word >>> 24]! + BYTES[(word >>> 16) & 255]! + BYTES[(word >>> 8) & 255]! + BYTES[word & 255]!
    }
    return text
  }

  /** A source of its own, so that what one actor draws does not depend on what others do. */
  fork(): Random {
    return new Random(this.uint32() * 2 ** 20 + (this.uint32() >>> 12))
  }
}
