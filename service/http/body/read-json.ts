import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { HttpError } from '../http-error.ts'
import { contentTypeOf, unsupported } from '../register-route.ts'
import { readBody } from './read-body.ts'

/** What a small request may take, bytes. */
const MAX_BYTES = 64 << 10

/**
 * A small body, of which no number is larger than 2^53, by its schema. A body that does not say what it is counts as JSON, and no body
 * as an empty object. Errors: 400 naming the field, 413, 415.
 */
export async function readJson<S extends z.ZodType>(request: FastifyRequest, schema: S): Promise<z.output<S>> {
  const type = contentTypeOf(request)
  if (type !== null && type !== 'application/json') throw unsupported('content-type', ['application/json'])
  const body = await readBody(request, MAX_BYTES)
  return parseInput(schema, body.length === 0 ? {} : parsed(body))
}

/** The parser's own words would repeat a part of the body. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new HttpError(400, 'InvalidQuery', 'body: is not JSON in UTF-8', { field: 'body' })
  }
}
