import { longType } from './container-format.ts'

/** Reads a stream of bytes piece by piece, holding what was asked for and one chunk at most. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#chunks = input[Symbol.asyncIterator]()
  }

  /** The next bytes; null if fewer are left. Error: that of the stream. */
  async take(bytes: number): Promise<Buffer | null> {
    while (this.#heldBytes < bytes) if (!(await this.#pull())) return null
    const all = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    this.#held = [all.subarray(bytes)]
    this.#heldBytes -= bytes
    return all.subarray(0, bytes)
  }

  /** The next Avro long; null if the bytes end within it. Error: `RangeError` for what is no long that a number can hold. */
  async takeLong(): Promise<number | null> {
    const bytes: number[] = []
    do {
      const byte = await this.take(1)
      if (byte === null) return null
      bytes.push(byte[0]!)
    } while (bytes.at(-1)! >= 0x80 && bytes.length < 10)
    if (bytes.at(-1)! >= 0x80) throw new RangeError('a long of more than 10 bytes')
    return numberOf(Buffer.from(bytes))
  }

  /** Whether all is read. */
  async isAtEnd(): Promise<boolean> {
    while (this.#heldBytes === 0) if (!(await this.#pull())) return true
    return false
  }

  /** Lets the stream go. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #pull(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#held.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
    this.#heldBytes += value.byteLength
    return true
  }
}

function numberOf(bytes: Buffer): number {
  try {
    return longType.fromBuffer(bytes) as number
  } catch {
    throw new RangeError('a long of more than 53 bits')
  }
}
