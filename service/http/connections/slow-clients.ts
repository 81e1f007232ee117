import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { refuseConnection } from './refuse-connection.ts'

/** Of a body, so much has to come in the time that a client has, bytes: less is a client that holds a connection for nothing. */
const MIN_BODY_BYTES = 1024
/** In so many times that time: who reads a body waits as long for its next bytes, and tells then what it has of it. */
const BODY_TIMES = 2
/** How often bodies are looked at in that time. */
const LOOKS = 4

/** A request that is not answered to the end. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the socket had read when the client's time began, and when that was. */
  bytes: number
  since: number
}

/**
 * Cuts clients that hold a connection for nothing: who sends less than a kilobyte of a body in twice the time that a client has, and who
 * takes nothing of an answer in that time. Time in which the server is the slow one counts for nobody.
 */
export class SlowClients {
  readonly #timeoutMs: number
  readonly #onCut: (request: FastifyRequest, reason: string) => void
  readonly #bySocket = new Map<Socket, Map<FastifyRequest, Exchange>>()
  readonly #timer: NodeJS.Timeout
  #lookedAt = performance.now()

  constructor(timeoutMs: number, onCut: (request: FastifyRequest, reason: string) => void) {
    this.#timeoutMs = timeoutMs
    this.#onCut = onCut
    this.#timer = setInterval(() => this.#lookAtBodies(), timeoutMs / LOOKS).unref()
  }

  /** Watches answers. The server has to be given the time as its `timeout`: Node then tells of sockets on which nothing moves. */
  watch(server: Server): void {
    server.on('timeout', (socket: Socket) => this.#onStill(socket))
  }

  /** A request has come. */
  add(request: FastifyRequest, reply: FastifyReply): void {
    const { socket } = request.raw
    const exchange = { request: request.raw, response: reply.raw, bytes: socket.bytesRead, since: performance.now() }
    const exchanges = this.#bySocket.get(socket) ?? new Map<FastifyRequest, Exchange>()
    this.#bySocket.set(socket, exchanges.set(request, exchange))
    reply.raw.once('close', () => {
      exchanges.delete(request)
      if (exchanges.size === 0) this.#bySocket.delete(socket)
    })
  }

  /** Whether what is written to a socket would be taken for the answer to another request, or for a part of one. */
  isAnswering(socket: Socket): boolean {
    const exchanges = [...(this.#bySocket.get(socket)?.values() ?? [])]
    return exchanges.length > 1 || exchanges.some(({ response }) => response.headersSent)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #onStill(socket: Socket): void {
    const [first] = this.#bySocket.get(socket)?.keys() ?? []
    if (first === undefined) socket.destroy()
    else if (socket.writableLength > 0) {
      this.#onCut(first, 'takes nothing of its answer')
      socket.destroy()
    } else socket.setTimeout(this.#timeoutMs)
  }

  #lookAtBodies(): void {
    const now = performance.now()
    // A process that does not come to look did not come to read either.
    const isLate = now - this.#lookedAt > (2 * this.#timeoutMs) / LOOKS
    this.#lookedAt = now
    for (const [socket, exchanges] of this.#bySocket) {
      for (const [asked, exchange] of exchanges) this.#lookAtBody(socket, asked, exchange, isLate)
    }
  }

  #lookAtBody(socket: Socket, asked: FastifyRequest, exchange: Exchange, isLate: boolean): void {
    const now = performance.now()
    const { request, bytes, since } = exchange
    if (request.complete) return
    // What waits here was sent: it is the server that does not read.
    const isOurTurn = isLate || request.readableLength > 0
    if (isOurTurn || socket.bytesRead - bytes >= MIN_BODY_BYTES) {
      exchange.bytes = socket.bytesRead
      exchange.since = now
    } else if (now - since >= BODY_TIMES * this.#timeoutMs) {
      this.#onCut(asked, 'sends its body too slowly')
      refuseConnection(socket, 408, this.isAnswering(socket) ? null : 'the body comes too slowly')
    }
  }
}
