import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { lz4Frame } from './lz4-blocks.ts'

type Transform = (bytes: Uint8Array) => Promise<Uint8Array>

const gzipped = promisify(zlib.gzip)
const deflated = promisify(zlib.deflate)
const brotlied = promisify(zlib.brotliCompress)

/** In the order of preference. Levels are low: what is asked for over loopback need not be small. */
const encoders = new Map<string, Transform>([
  ['gzip', (bytes) => gzipped(bytes, { level: 1 })],
  ['deflate', (bytes) => deflated(bytes, { level: 1 })],
  ['br', (bytes) => brotlied(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ...zstdEncoder(),
  ['lz4', (bytes) => lz4Frame(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))],
])

/** Since Node 22.15. */
function zstdEncoder(): [string, Transform][] {
  const { zstdCompress } = zlib as unknown as { readonly zstdCompress?: typeof zlib.deflate }
  if (zstdCompress === undefined) return []
  const compressed = promisify(zstdCompress)
  return [['zstd', (bytes) => compressed(bytes)]]
}

/** The encoding to answer in, for an `Accept-Encoding`; null for none. */
export function chooseEncoding(accepted: string): string | null {
  const names = new Set(accepted.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase()))
  return Array.from(encoders.keys()).find((name) => names.has(name)) ?? null
}

export async function encodeBody(bytes: Uint8Array, encoding: string | null): Promise<Uint8Array> {
  return encoders.get(encoding ?? '')?.(bytes) ?? bytes
}
