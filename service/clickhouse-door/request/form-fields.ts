import type { FastifyRequest } from 'fastify'
import { callersFault } from '../door-error.ts'

/** Fields of a form: clients send long statements and parameters so. Error: 400, for a file, which would be a table of the client's. */
export async function formFields(request: FastifyRequest, body: Buffer): Promise<ReadonlyMap<string, string>> {
  const type = request.headers['content-type'] ?? ''
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch(() => null)
  if (form === null) throw callersFault(36, 'BAD_ARGUMENTS', 'body: is no form')
  return new Map(
    Array.from(form, ([name, value]): [string, string] => {
      if (typeof value === 'string') return [name, value]
      throw callersFault(48, 'NOT_IMPLEMENTED', 'tables that come with a statement are not taken: write values(…)')
    }),
  )
}
