import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import type { Access } from './access/access.ts'
import { checkRole, NOBODY, type Caller } from './access/caller.ts'
import { checkNoBody } from './body/check-no-body.ts'
import { HttpError } from './http-error.ts'
import type { AnyRoute } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: known before the body is read. Null where nobody needs to say so. */
    caller: Caller | null
  }
}

/** Adds a route: who asks is known, and what is asked for is checked, before its handler sees the request. */
export function registerRoute(app: FastifyInstance, access: Access, route: AnyRoute): void {
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    // What a client was told not to send must not be read.
    onRequest: async (request) => {
      if (route.needs === 'anyone') return
      const caller = await access.callerOf(request)
      request.caller = caller
      checkRole(caller, route.needs)
    },
    handler: async (request, reply) => {
      const params = checked(route.params, request.params) as never
      const query = checked(route.query, request.query) as never
      if (route.method !== 'GET' && route.body === undefined) await checkNoBody(request)
      await route.handle({
        params,
        query,
        caller: request.caller ?? NOBODY,
        request,
        reply,
      })
      return reply
    },
  })
}

/** A path as Fastify spells it: `/v1/chains/:id`. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function checked(schema: z.ZodType | undefined, given: unknown): unknown {
  return schema === undefined ? {} : parseInput(schema, given)
}

/** What the request's body is said to be: `application/json`, in lower case and without parameters; null where nothing is said. */
export function contentTypeOf(request: FastifyRequest): string | null {
  const header = request.headers['content-type']
  if (header === undefined) return null
  return header.split(';', 1)[0]!.trim().toLowerCase()
}

/** Error: 415, which names what is taken. */
export function unsupported(field: 'content-type' | 'content-encoding', taken: readonly string[]): HttpError {
  return new HttpError(415, 'InvalidQuery', `${field}: must be one of ${taken.join(', ')}`, { field })
}

/** Whether the client would rather have this type than JSON. */
export function accepts(request: FastifyRequest, type: string): boolean {
  const accepted = request.headers.accept?.split(',') ?? []
  return accepted.some((each) => each.split(';', 1)[0]!.trim().toLowerCase() === type)
}
