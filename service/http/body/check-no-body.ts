import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { HttpError } from '../http-error.ts'

/** Error: 400 for a body that nobody would read: whoever sent it believes that it counts. */
export async function checkNoBody({ headers, raw }: FastifyRequest): Promise<void> {
  const length = headers['content-length']
  const isEmpty = length === undefined ? await endsAtOnce(raw, headers['transfer-encoding']) : Number(length) === 0
  if (isEmpty) return
  const message = 'body: none is taken here: what this takes are parameters of the URL (?name=value), see /docs'
  throw new HttpError(400, 'InvalidQuery', message, { field: 'body' })
}

/** Only of a body in chunks it is not known beforehand. A client that sends none is cut as any that is slow. */
async function endsAtOnce(raw: IncomingMessage, encoding: string | undefined): Promise<boolean> {
  if (encoding === undefined) return true
  for (;;) {
    if (raw.read() !== null) return false
    if (raw.readableEnded || raw.destroyed) return true
    await new Promise<void>((resolve) => {
      raw.once('readable', resolve).once('end', resolve).once('close', resolve)
    })
  }
}
