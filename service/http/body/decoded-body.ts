import { Transform, type Readable, type TransformCallback } from 'node:stream'
import zlib from 'node:zlib'
import type { FastifyRequest } from 'fastify'
import { HttpError } from '../http-error.ts'
import { unsupported } from '../register-route.ts'

/** Since Node 22.15. */
const { createZstdDecompress, constants } = zlib as unknown as {
  readonly createZstdDecompress?: (options: { readonly params: Readonly<Record<number, number>> }) => Transform
  readonly constants: { readonly ZSTD_d_windowLogMax: number }
}

/**
 * 8 MiB, as RFC 9659 has it for HTTP: a decoder holds as much as the sender says until the body ends, 128 MiB by default, however little
 * was sent.
 */
const ZSTD_WINDOW_LOG = 23

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  ...(createZstdDecompress === undefined
    ? {}
    : { zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }) }),
}

/** Of those of which it does not say all. */
const NAMES: Readonly<Record<string, string>> = { zstd: 'zstd with a window of 8 MiB at most' }

/** The encodings of bodies that this platform reads. */
export const CONTENT_ENCODINGS: readonly string[] = Object.keys(DECODERS).filter((name) => name !== 'x-gzip')

/** So much may come of however little. */
const UNSUSPICIOUS_BYTES = 64 << 20
/** Of what is larger, so many times the encoded bytes: events of one fleet shrink to a fiftieth. */
const MOST_TIMES = 200

/** A request's body, decoded as it comes. Errors, also while it is read: 415, 400 for what is not in that encoding, 413 for a bomb. */
export function decodedBody(request: FastifyRequest): Readable {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const raw = request.raw
  if (encoding === 'identity' || encoding === '') return raw
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]!() : undefined
  if (decoder === undefined) throw unsupported('content-encoding', ['identity', ...CONTENT_ENCODINGS])
  const watched = decoder.pipe(new BombGuard(() => (decoder as Transform & { bytesWritten: number }).bytesWritten))
  raw.on('error', (error) => watched.destroy(error))
  raw.on('aborted', () => watched.destroy(new HttpError(400, 'InvalidQuery', 'body: ends early', { field: 'body' })))
  decoder.on('error', (cause) => {
    watched.destroy(
      new HttpError(400, 'InvalidQuery', `body: is not ${NAMES[encoding] ?? encoding}`, { field: 'body', cause }),
    )
  })
  watched.on('close', () => {
    raw.unpipe(decoder)
    decoder.destroy()
  })
  raw.pipe(decoder)
  return watched
}

/** Ends a stream of which too much comes out for what went in. */
class BombGuard extends Transform {
  readonly #encodedBytes: () => number
  #bytes = 0

  constructor(encodedBytes: () => number) {
    super()
    this.#encodedBytes = encodedBytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > UNSUSPICIOUS_BYTES && this.#bytes > MOST_TIMES * this.#encodedBytes()) {
      const message = `body: grows to more than ${MOST_TIMES} times its encoded size`
      done(new HttpError(413, 'InvalidQuery', message, { field: 'body' }))
    } else done(null, chunk)
  }
}
