import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { ByteSource } from './byte-source.ts'
import { fileFault, MAGIC, METADATA, SYNC_BYTES } from './container-format.ts'

const decompress = promisify(inflateRaw)

/** The records of a block, uncompressed. */
export interface ContainerBlock {
  /** Counts from 1. */
  readonly number: number
  readonly count: number
  readonly data: Buffer
}

/** Larger ones are taken for damage, or an attack: memory for them would be asked for before they are looked at. */
const MOST_METADATA = 16 << 20
const MOST_BLOCK_BYTES = 256 << 20

const CODECS: Readonly<Record<string, (data: Buffer) => Promise<Buffer>>> = {
  null: async (data) => data,
  deflate: (data) => decompress(data, { maxOutputLength: MOST_BLOCK_BYTES }),
}

/**
 * Reads an Avro object container file that ends with an empty block, as `ContainerWriter` writes it; compressed with deflate or
 * not at all. Every error but the stream's own is an `InvalidQuery` of the field `file` that says which block is at fault.
 */
export class ContainerReader {
  /** The schema of the records, as JSON. */
  readonly schema: unknown
  readonly #source: ByteSource
  readonly #sync: Buffer
  readonly #decompress: (data: Buffer) => Promise<Buffer>

  private constructor(source: ByteSource, metadata: Readonly<Record<string, Buffer>>, sync: Buffer) {
    this.#source = source
    this.#sync = sync
    const codec = metadata[METADATA.codec]?.toString() ?? 'null'
    const known = Object.hasOwn(CODECS, codec) ? CODECS[codec] : undefined
    if (known === undefined)
      throw fileFault(`its codec is ${JSON.stringify(codec)}, and only deflate and null can be read`)
    this.#decompress = known
    try {
      this.schema = JSON.parse(metadata[METADATA.schema]?.toString() ?? '')
    } catch (cause) {
      throw fileFault('its header names no schema', cause)
    }
  }

  /** Reads the header. */
  static async open(input: AsyncIterable<Uint8Array>): Promise<ContainerReader> {
    const source = new ByteSource(input)
    if ((await source.take(MAGIC.length))?.equals(MAGIC) !== true)
      throw fileFault('it is not an Avro object container file')
    const metadata = await readMetadata(source)
    const sync = await source.take(SYNC_BYTES)
    if (sync === null) throw cutOff('in its header')
    return new ContainerReader(source, metadata, sync)
  }

  /** The blocks that hold records. */
  async *blocks(): AsyncGenerator<ContainerBlock, void> {
    let isEnded = false
    try {
      let number = 0
      while (!(await this.#source.isAtEnd())) {
        const block = await this.#block(++number)
        isEnded = block.count === 0
        if (!isEnded) yield block
      }
      if (!isEnded) {
        throw cutOff(
          `after block ${number}, or another program has written it: the empty block that ends it is missing`,
        )
      }
    } finally {
      await this.#source.close()
    }
  }

  async #block(number: number): Promise<ContainerBlock> {
    const place = `block ${number}`
    const count = await readLong(this.#source, place)
    const size = await readLong(this.#source, place)
    if (count < 0 || size < 0 || size > MOST_BLOCK_BYTES) throw fileFault(`${place} is damaged: no size can be ${size}`)
    const compressed = await this.#source.take(size)
    const sync = await this.#source.take(SYNC_BYTES)
    if (compressed === null || sync === null) throw cutOff(`in ${place}`)
    if (!sync.equals(this.#sync)) throw fileFault(`${place} is damaged: the marker behind it is not the file's`)
    try {
      return { number, count, data: await this.#decompress(compressed) }
    } catch (cause) {
      throw fileFault(`${place} is damaged: it cannot be decompressed`, cause)
    }
  }
}

/** A map of bytes, whose length is not known before its end. */
async function readMetadata(source: ByteSource): Promise<Record<string, Buffer>> {
  const entries: [string, Buffer][] = []
  const readBytes = async (): Promise<Buffer> => {
    const size = await readLong(source, 'its header')
    if (size < 0 || size > MOST_METADATA) throw fileFault('its header is damaged')
    const bytes = await source.take(size)
    if (bytes === null) throw cutOff('in its header')
    return bytes
  }
  for (;;) {
    const count = await readLong(source, 'its header')
    if (count === 0) return Object.fromEntries(entries)
    // A negative count is followed by the block's size in bytes.
    if (count < 0) await readLong(source, 'its header')
    for (let left = Math.abs(count); left > 0; left--) entries.push([(await readBytes()).toString(), await readBytes()])
  }
}

async function readLong(source: ByteSource, place: string): Promise<number> {
  let value: number | null
  try {
    value = await source.takeLong()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw fileFault(`${place} is damaged: ${cause.message}`, cause)
  }
  if (value === null) throw cutOff(`in ${place}`)
  return value
}

function cutOff(where: string): Error {
  return fileFault(`it is cut off ${where}`)
}
