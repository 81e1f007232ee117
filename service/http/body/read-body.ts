import type { FastifyRequest } from 'fastify'
import { HttpError } from '../http-error.ts'
import { decodedBody } from './decoded-body.ts'

/** A whole body, decoded. Errors: 413 for more than `maxBytes`, those of `decodedBody`. */
export async function readBody(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const told = Number(request.headers['content-length'] ?? 0)
  if (told > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of decodedBody(request) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Error: 413. */
export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, 'InvalidQuery', `body: may take ${maxBytes} bytes at most`, { field: 'body' })
}
