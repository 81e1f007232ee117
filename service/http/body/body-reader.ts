import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { HttpError } from '../http-error.ts'
import { decodedBody } from './decoded-body.ts'

/** A client that sends nothing for so long is not waited for any more, ms. */
const IDLE_MS = 60_000

/**
 * A request's body, decoded, as it comes; nothing is read ahead of whoever asks. Whoever stops early leaves the rest unread, and the
 * connection as it is, so that an answer can be sent. Errors: those of `decodedBody`, 400 for a body that ends early, 408 for one that
 * stays away, and the reason of `ended`.
 */
export class BodyReader {
  readonly #body: Readable
  readonly #ended: AbortSignal | null
  readonly #idleMs: number
  #error: unknown = null
  #wake: (() => void) | null = null

  /** `ended` ends the wait for more. */
  constructor(request: FastifyRequest, ended: AbortSignal | null = null, idleMs = IDLE_MS) {
    this.#body = decodedBody(request)
    this.#ended = ended
    this.#idleMs = idleMs
    const wake = (): void => this.#wake?.()
    this.#body.on('readable', wake).on('end', wake).on('close', wake)
    this.#body.on('error', (error) => {
      this.#error ??= error
      wake()
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) yield chunk
  }

  /** Lets go of the body: what is left of it is somebody else's. */
  release(): void {
    this.#body.removeAllListeners('readable')
  }

  async #next(): Promise<Buffer | null> {
    for (;;) {
      if (this.#error !== null) throw faultOf(this.#error)
      if (this.#ended?.aborted === true) throw this.#ended.reason
      const chunk = this.#body.read() as Buffer | null
      if (chunk !== null) return chunk
      if (this.#body.readableEnded) return null
      if (this.#body.destroyed) throw endsEarly()
      if (!(await this.#change())) {
        const message = `body: nothing came for ${this.#idleMs / 1000} s`
        throw new HttpError(408, 'InvalidQuery', message, { field: 'body' })
      }
    }
  }

  /** Whether anything happened in time. */
  #change(): Promise<boolean> {
    return new Promise((resolve) => {
      const wake = (happened: boolean): void => {
        clearTimeout(timer)
        this.#ended?.removeEventListener('abort', end)
        this.#wake = null
        resolve(happened)
      }
      const end = (): void => wake(true)
      const timer = setTimeout(() => wake(false), this.#idleMs)
      this.#ended?.addEventListener('abort', end)
      this.#wake = () => wake(true)
    })
  }
}

function faultOf(error: unknown): unknown {
  // The connection was lost: nobody reads the answer.
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? endsEarly(error) : error
}

function endsEarly(cause?: unknown): HttpError {
  return new HttpError(400, 'InvalidQuery', 'body: ends early', { field: 'body', cause })
}
