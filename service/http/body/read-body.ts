import type { FastifyRequest } from 'fastify'
import { GatheredBytes } from '../../../base/gathered-bytes.ts'
import { HttpError } from '../http-error.ts'
import { BodyReader } from './body-reader.ts'

export interface ReadBodyOptions {
  /** Ends the wait for more. */
  readonly ended?: AbortSignal
  /** Told how many bytes are held so far; may throw. */
  readonly holds?: (bytes: number) => void
}

/** A whole body, decoded. Errors: 413 for more than `maxBytes`, those of `BodyReader`. */
export async function readBody(
  request: FastifyRequest,
  maxBytes: number,
  { ended, holds }: ReadBodyOptions = {},
): Promise<Buffer> {
  const told = Number(request.headers['content-length'] ?? 0)
  if (told > maxBytes) throw tooLarge(maxBytes)
  const body = new GatheredBytes()
  const reader = new BodyReader(request, ended)
  try {
    for await (const chunk of reader) {
      if (body.length + chunk.length > maxBytes) throw tooLarge(maxBytes)
      body.add(chunk)
      holds?.(body.length)
    }
  } finally {
    reader.release()
  }
  return body.take()
}

/** Error: 413. */
export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, 'InvalidQuery', `body: may take ${maxBytes} bytes at most`, { field: 'body' })
}
