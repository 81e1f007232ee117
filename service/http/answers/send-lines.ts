import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

export const NDJSON = 'application/x-ndjson'

/**
 * Sends texts of whole lines as they come, and no faster than the client reads; resolves when all are sent, or the client went away. What
 * fails midway cuts the connection, so that no part is taken for the whole.
 */
export async function sendLines(reply: FastifyReply, texts: AsyncIterable<string>): Promise<void> {
  const stream = Readable.from(texts, { objectMode: false })
  const closed = once(stream, 'close').catch(() => undefined)
  void reply.type(`${NDJSON}; charset=utf-8`).send(stream)
  await closed
}
