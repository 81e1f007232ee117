import type { ServerResponse } from 'node:http'
import { WakeUp } from '../../../base/waiting.ts'
import type { LiveItem } from '../../../consumers/live/head.ts'
import type { LiveReader } from '../../../consumers/live/live-reader.ts'
import type { Progress } from '../../../consumers/subscription/progress.ts'
import type { ClosedReason, TailFormat } from './tail-format.ts'

/** Characters that are written at once, about: each write is a call of the system, and a turn where the connection takes no more. */
const WRITE_CHARACTERS = 64 << 10
/** How long what was written last may take to leave, ms. */
const GRACE_MS = 2000

export interface TailOptions {
  readonly format: TailFormat
  /** Whether the client gave the token from which it goes on. */
  readonly isResumed: boolean
  readonly heartbeatMs: number
  readonly stallMs: number
}

/**
 * One stream to one client. It writes no more than the connection takes, and one text beyond: a client that reads slowly makes the
 * reader wait, and one that does not read is closed.
 */
export class Tail {
  readonly #raw: ServerResponse
  readonly #reader: LiveReader
  readonly #options: TailOptions
  readonly #moved = new WakeUp()
  readonly #closing = new AbortController()
  #reason: ClosedReason | null = null
  /** The place that the client was told last. */
  #told: Progress

  constructor(raw: ServerResponse, reader: LiveReader, options: TailOptions) {
    this.#raw = raw
    this.#reader = reader
    this.#options = options
    this.#told = reader.start
    const moved = (): void => this.#moved.ring()
    raw.on('drain', moved)
    raw.on('finish', moved)
    raw.on('error', moved)
    raw.on('close', () => {
      moved()
      reader.end()
    })
  }

  /** Ends the stream with the place from which the client can go on. */
  close(reason: ClosedReason): void {
    this.#reason ??= reason
    this.#closing.abort()
    this.#reader.end()
  }

  /** Writes until the client goes, or the stream is closed. Errors: those of the reader, told to the client as `failed`. */
  async run(): Promise<void> {
    try {
      const { format, isResumed } = this.#options
      let isOpen = await this.#write(format.opening(isResumed ? null : this.#told.token()))
      while (isOpen) isOpen = await this.#writeNext()
    } catch (error) {
      this.#reason ??= 'failed'
      throw error
    } finally {
      await this.#end()
      await this.#reader.close()
    }
  }

  async #writeNext(): Promise<boolean> {
    const next = await this.#reader.next(this.#options.heartbeatMs)
    if (next === 'ended') return false
    if (next !== 'idle') return this.#write(this.#texts(next))
    const { progress } = this.#reader
    const isNew = progress !== this.#told
    this.#told = progress
    return this.#write(this.#options.format.heartbeat(isNew ? progress.token() : null))
  }

  /** The item, and those that wait behind it. */
  #texts(first: LiveItem): string {
    let text = ''
    for (let item: LiveItem | undefined = first; item !== undefined;) {
      text += this.#options.format.item(item)
      this.#told = item.progress
      item = text.length < WRITE_CHARACTERS ? this.#reader.take() : undefined
    }
    return text
  }

  /** Whether the stream goes on. */
  async #write(text: string): Promise<boolean> {
    const raw = this.#raw
    if (raw.destroyed) return false
    if (raw.write(text)) return true
    const until = performance.now() + this.#options.stallMs
    while (raw.writableNeedDrain && !raw.destroyed && !this.#closing.signal.aborted) {
      const left = until - performance.now()
      if (left <= 0) {
        this.close('slow')
        return false
      }
      await this.#moved.wait(this.#closing.signal, left)
    }
    return !raw.destroyed && !this.#closing.signal.aborted
  }

  /** What cannot leave soon is given up: the client goes on from the last id that it has. */
  async #end(): Promise<void> {
    const raw = this.#raw
    if (raw.destroyed) return
    raw.end(this.#options.format.closed(this.#reason ?? 'failed', this.#told.token()))
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), GRACE_MS)
    while (!raw.writableFinished && !raw.destroyed && !late.signal.aborted) await this.#moved.wait(late.signal)
    clearTimeout(timer)
    if (!raw.writableFinished) raw.destroy()
  }
}
