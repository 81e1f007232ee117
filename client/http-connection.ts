import { ExperienceError } from '../base/experience-error.ts'
import { errorOfAnswer } from './answer-error.ts'
import { Backoff, sleep, stoppedEarly } from './backoff.ts'
import type { HttpClientSettings } from './client-options.ts'

/** A request, which may be sent again unless it says otherwise: nothing of it is used up. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Below the server's URL, without a slash at the beginning: `v1/events`. */
  readonly path: string
  /** Parameters; those that are null or undefined are left out, and lists are sent one by one. */
  readonly query?: Readonly<Record<string, string | number | bigint | boolean | readonly string[] | null | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the request, and the reading of its answer. */
  readonly signal?: AbortSignal | undefined
  /** Whether it is sent once: what a broken connection leaves open must not be done twice. Default: it is not. */
  readonly isOnce?: boolean
  /** Statuses of errors that are read as answers. */
  readonly answers?: readonly number[]
}

export type ConnectionSettings = Pick<HttpClientSettings, 'url' | 'key' | 'retryForMs' | 'answerTimeoutMs'>

/** Asks a server, and again where that may help. */
export class HttpConnection {
  readonly #settings: ConnectionSettings

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  /**
   * What `read` makes of the answer. Asks again, also where the answer breaks off while it is read, until `retryForMs` are over. Errors:
   * what the server answers; `Unavailable`, where it cannot be reached; `Interrupted`, when the signal aborts.
   */
  async ask<Result>(asked: Asked, read: (answer: Response) => Promise<Result>): Promise<Result> {
    const backoff = new Backoff(this.#settings.retryForMs)
    for (;;) {
      const tried = await this.#try(asked, read)
      if ('result' in tried) return tried.result
      const waitMs = asked.isOnce !== true && isWorthAnother(tried.error) ? backoff.next(tried.retryAfterMs) : null
      if (waitMs === null) throw tried.error
      await sleep(waitMs, asked.signal)
    }
  }

  async #try<Result>(asked: Asked, read: (answer: Response) => Promise<Result>): Promise<Tried<Result>> {
    try {
      const answer = await this.#send(asked)
      if (answer.ok || asked.answers?.includes(answer.status) === true) return { result: await read(answer) }
      const error = await errorOfAnswer(answer)
      return { error, retryAfterMs: retryAfterOf(answer) }
    } catch (error) {
      if (asked.signal?.aborted === true) throw stoppedEarly()
      return { error: error instanceof ExperienceError ? error : this.#unreachable(error), retryAfterMs: 0 }
    }
  }

  async #send({ method = 'GET', path, query = {}, headers = {}, body, signal }: Asked): Promise<Response> {
    const { url: base, key, answerTimeoutMs } = this.#settings
    const url = new URL(path, base)
    for (const [name, value] of Object.entries(query)) {
      if (value === null || value === undefined) continue
      for (const each of Array.isArray(value) ? (value as readonly string[]) : [value])
        url.searchParams.append(name, String(each))
    }
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), answerTimeoutMs)
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
        ...(body === undefined ? {} : { body }),
        // It stays bound to the answer's body.
        signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
        // A key is for one server.
        redirect: 'error',
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** The message names the server, not what was asked. */
  #unreachable(cause: unknown): ExperienceError {
    const reason = reasonOf(cause)
    const message = `no answer from ${this.#settings.url.origin}${reason === null ? '' : `: ${reason}`}`
    return new ExperienceError('Unavailable', message, { cause })
  }
}

type Tried<Result> = { readonly result: Result } | { readonly error: ExperienceError; readonly retryAfterMs: number }

/** A server that waited for its tables in vain would have us wait as long once more. */
function isWorthAnother({ code, retryable }: ExperienceError): boolean {
  return retryable && code !== 'Lagging'
}

function retryAfterOf(answer: Response): number {
  const seconds = Number(answer.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : 0
}

/** The system's word for what happened, such as ECONNREFUSED: messages may repeat what was sent. */
function reasonOf(error: unknown): string | null {
  const causes = [error, error instanceof Error ? error.cause : null]
  for (const cause of causes) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
      return cause.code
  }
  return error instanceof Error && error.name === 'AbortError' ? 'it took too long' : null
}
