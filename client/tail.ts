import type { SubscribeOptions } from '../consumers/subscription/subscription.ts'
import type { SubscriptionItem } from '../consumers/subscription/items.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { linesOf } from './answer-lines.ts'
import { Backoff, sleep } from './backoff.ts'
import type { HttpConnection } from './http-connection.ts'
import { readTailLine, type TailLine } from './tail-lines.ts'

/** What is followed, and from where on: as `ExperienceSubscriber.subscribe` takes it. */
export type TailOptions = SubscribeOptions

/** A server tells every 15 s that it is there; who hears nothing for so long has lost it, ms. */
const SILENT_MS = 45_000
/** How long to try again once there was a connection, ms: a server that is away comes back. */
const FOR_EVER = Number.MAX_SAFE_INTEGER

/** What the log holds and takes, from a place on, without end. Iterate it once. */
export class Tail implements AsyncIterable<SubscriptionItem> {
  readonly #connection: HttpConnection
  readonly #options: TailOptions
  readonly #ended: AbortSignal
  readonly #left = new AbortController()
  #token: string | null = null
  /** Whether there was a connection. */
  #hasAnswered = false

  constructor(connection: HttpConnection, options: TailOptions, closing: AbortSignal) {
    this.#connection = connection
    this.#options = options
    const signals = [closing, this.#left.signal, ...(options.signal === undefined ? [] : [options.signal])]
    this.#ended = AbortSignal.any(signals)
  }

  /** Continues behind the last item that was yielded, or what was skipped since; null before the server has answered. */
  get token(): string | null {
    return this.#token
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SubscriptionItem, void> {
    for await (const line of this.lines()) if (line.type === 'item') yield line.item()
  }

  /** As the items, before they are read. */
  async *lines(): AsyncGenerator<TailLine, void> {
    let backoff: Backoff | null = null
    try {
      for (;;) {
        try {
          for await (const line of this.#connected()) {
            backoff = null
            this.#token = line.token ?? this.#token
            yield line
          }
        } catch (error) {
          if (!this.#hasAnswered || !isLost(error)) throw error
        }
        backoff ??= new Backoff(FOR_EVER)
        await sleep(backoff.next(0) ?? 0, this.#ended)
      }
    } catch (error) {
      // That is the end that was asked for.
      if (!this.#ended.aborted) throw error
    } finally {
      this.#left.abort()
    }
  }

  /** The lines of one connection, until it breaks. */
  async *#connected(): AsyncGenerator<TailLine> {
    const silent = new AbortController()
    const signal = AbortSignal.any([this.#ended, silent.signal])
    const { tenant, kinds = [], from = 'now' } = this.#options
    const asked = {
      path: 'v1/tail',
      query: { tenant_id: tenant, kinds: kinds.length === 0 ? null : kinds.join(','), ...this.#place(from) },
      headers: {
        accept: 'application/x-ndjson',
        ...(this.#token === null ? {} : { 'last-event-id': this.#token }),
      },
      signal,
    }
    const answer = await this.#connection.ask(asked, async (given) => given)
    this.#hasAnswered = true
    let timer = setTimeout(() => silent.abort(), SILENT_MS)
    try {
      for await (const lines of linesOf(answer)) {
        clearTimeout(timer)
        for (const line of lines) yield readTailLine(line)
        timer = setTimeout(() => silent.abort(), SILENT_MS)
      }
    } catch (error) {
      if (error instanceof ExperienceError) throw error
      throw new ExperienceError('Unavailable', 'the connection broke', { cause: error })
    } finally {
      clearTimeout(timer)
      silent.abort()
    }
  }

  /** Where to begin; who was cut goes on by its token. */
  #place(from: NonNullable<TailOptions['from']>): { readonly from?: string; readonly after?: string } {
    if (this.#token !== null) return {}
    if (typeof from === 'string') return { from }
    return 'instant' in from ? { from: from.instant } : from
  }
}

function isLost(error: unknown): boolean {
  return error instanceof ExperienceError && error.retryable
}
