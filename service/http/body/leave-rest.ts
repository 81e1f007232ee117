import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'

/**
 * So much of a body that nobody wants is read all the same, and for so long, ms: a client that stops as soon as it sees the answer has sent by
 * then what the buffers of both systems hold (Linux: up to 4 and 6 MiB), and a busy process takes some seconds to read that.
 */
const MOST_BYTES = 16 << 20
const LONGEST_MS = 10_000

/** Those that are being left. */
const left = new WeakSet<IncomingMessage>()

/**
 * Lets an answer reach a client that is still sending a body which nobody reads: most read the answer only when they have sent everything,
 * and lose it when the connection ends before. Beyond some bounds it ends all the same.
 */
export function leaveRest(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request
  if (raw.complete || raw.destroyed || left.has(raw)) return
  left.add(raw)
  if (!reply.raw.shouldKeepAlive) {
    // The client wants the connection to end. Node would end it with the answer, and what was not read by then would reset it.
    reply.raw.shouldKeepAlive = true
    raw.once('end', () => raw.socket.end())
  }
  let bytes = 0
  const cut = setTimeout(() => raw.destroy(), LONGEST_MS)
  raw.once('close', () => clearTimeout(cut))
  raw.on('error', () => undefined)
  reply.raw.once('finish', () => {
    raw.unpipe()
    raw.removeAllListeners('readable')
    raw.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) raw.destroy()
    })
  })
}
