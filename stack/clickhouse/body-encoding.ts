import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, deflate, gunzip, gzip, inflate } from 'node:zlib'
import { decompress as decompressZstd } from 'fzstd'
import { decompressLz4Frames } from './lz4-frames.ts'
import { ServerError } from './server-error.ts'

type Transform = (bytes: Uint8Array) => Promise<Uint8Array>

const gunzipped = promisify(gunzip)
const inflated = promisify(inflate)
const unbrotlied = promisify(brotliDecompress)
const gzipped = promisify(gzip)
const deflated = promisify(deflate)
const brotlied = promisify(brotliCompress)

const decoders = new Map<string, Transform>([
  ['identity', async (bytes) => bytes],
  ['gzip', (bytes) => gunzipped(bytes)],
  ['deflate', (bytes) => inflated(bytes)],
  ['br', (bytes) => unbrotlied(bytes)],
  ['zstd', async (bytes) => decompressZstd(bytes)],
  ['lz4', async (bytes) => decompressLz4Frames(bytes)],
])

/** In the order of preference. Levels are low: what is asked for over loopback need not be small. */
const encoders = new Map<string, Transform>([
  ['gzip', (bytes) => gzipped(bytes, { level: 1 })],
  ['deflate', (bytes) => deflated(bytes, { level: 1 })],
  ['br', (bytes) => brotlied(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
])

/** A body as it was before its `Content-Encoding`. Errors: ServerError. */
export async function decodeBody(bytes: Buffer, encoding: string): Promise<Buffer> {
  const decode = decoders.get(encoding.toLowerCase())
  if (decode === undefined) throw new ServerError(48, 'NOT_IMPLEMENTED', `Unknown compression method ${encoding}`)
  if (bytes.length === 0) return bytes
  try {
    return Buffer.from(await decode(bytes))
  } catch (error) {
    throw new ServerError(354, 'ZLIB_INFLATE_FAILED', `Cannot decode the ${encoding} body: ${String(error)}`)
  }
}

/** The encoding to answer in, for an `Accept-Encoding`; null for none. */
export function chooseEncoding(accepted: string): string | null {
  const names = new Set(accepted.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase()))
  return Array.from(encoders.keys()).find((name) => names.has(name)) ?? null
}

export async function encodeBody(bytes: Uint8Array, encoding: string | null): Promise<Uint8Array> {
  return encoders.get(encoding ?? '')?.(bytes) ?? bytes
}
