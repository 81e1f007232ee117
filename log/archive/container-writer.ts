import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { longType, MAGIC, METADATA, metadataType, SYNC_BYTES } from './container-format.ts'

const compress = promisify(deflateRaw)

/** Bytes of records after which a block is written. With Avro's own 64,000, files were a tenth larger; with a million, hardly smaller. */
const BLOCK_BYTES = 256_000

/**
 * Writes an Avro object container file, compressed with deflate, holding two blocks at most. Its last block is an empty one,
 * which readers pass over: without it nobody could tell a file that is cut off between two blocks.
 */
export class ContainerWriter {
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #sync = randomBytes(SYNC_BYTES)
  #writing: Promise<void>
  #parts: Buffer[] = []
  #bytes = 0
  #count = 0

  /** `schema`: JSON text of the records' schema. */
  constructor(schema: string, write: (bytes: Buffer) => Promise<void>) {
    this.#write = write
    const metadata = { [METADATA.schema]: Buffer.from(schema), [METADATA.codec]: Buffer.from('deflate') }
    this.#writing = this.#begin(write(Buffer.concat([MAGIC, metadataType.toBuffer(metadata), this.#sync])))
  }

  /** Adds a record, whose bytes come in parts; waits while the file is slow. Error: that of `write`, also of earlier records. */
  async add(parts: readonly Buffer[]): Promise<void> {
    for (const part of parts) {
      this.#parts.push(part)
      this.#bytes += part.length
    }
    this.#count++
    if (this.#bytes >= BLOCK_BYTES) await this.#flush()
  }

  /** Writes what is left, and the end. */
  async end(): Promise<void> {
    if (this.#count > 0) await this.#flush()
    await this.#flush()
    await this.#writing
  }

  /** Compresses and writes a block while the next one is filled. */
  async #flush(): Promise<void> {
    const [count, data] = [this.#count, Buffer.concat(this.#parts)]
    this.#parts = []
    this.#bytes = 0
    this.#count = 0
    await this.#writing
    this.#writing = this.#begin(this.#writeBlock(count, data))
  }

  async #writeBlock(count: number, data: Buffer): Promise<void> {
    const compressed = await compress(data)
    const size = longType.toBuffer(compressed.length)
    await this.#write(Buffer.concat([longType.toBuffer(count), size, compressed, this.#sync]))
  }

  /** A promise that nobody awaits yet must not reject. */
  #begin(writing: Promise<void>): Promise<void> {
    writing.catch(() => {})
    return writing
  }
}
