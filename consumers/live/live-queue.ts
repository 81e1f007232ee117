import { WakeUp } from '../../base/waiting.ts'
import type { Progress } from '../subscription/progress.ts'
import type { LiveItem } from './head.ts'

/** Items that wait to be taken, in their order. */
export class LiveQueue {
  readonly #maxBytes: number
  readonly #items: LiveItem[] = []
  readonly #arrived = new WakeUp()
  readonly #left = new WakeUp()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether more waits than should. It takes more all the same. */
  get isFull(): boolean {
    return this.#bytes > this.#maxBytes
  }

  /** The place behind everything that waits; undefined where nothing does. */
  get progress(): Progress | undefined {
    return this.#items.at(-1)?.progress
  }

  push(item: LiveItem): void {
    this.#items.push(item)
    this.#bytes += bytesOf(item)
    this.#arrived.ring()
  }

  take(): LiveItem | undefined {
    const item = this.#items.shift()
    if (item === undefined) return undefined
    this.#bytes -= bytesOf(item)
    if (this.#bytes <= this.#maxBytes / 2) this.#left.ring()
    return item
  }

  /** Wakes who waits, without an item. */
  wake(): void {
    this.#arrived.ring()
  }

  /** Resolves when it is half empty, at the latest after so many ms or when the signal aborts. */
  async waitForRoom(signal: AbortSignal, ms: number): Promise<void> {
    const until = performance.now() + ms
    // It may have been rung before it was full.
    for (let left = ms; this.isFull && left > 0 && !signal.aborted; left = until - performance.now())
      await this.#left.wait(signal, left)
  }

  /** Resolves when an item comes or it is woken, at the latest after so many ms or when the signal aborts. */
  async wait(signal: AbortSignal, ms: number): Promise<void> {
    await this.#arrived.wait(signal, ms)
  }
}

/** What an item takes, about: its text, its token, and what holds them. */
function bytesOf({ json }: LiveItem): number {
  return (json?.length ?? 0) + 300
}
