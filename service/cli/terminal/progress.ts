import type { Writable } from 'node:stream'

/** What takes longer shows how far it is, ms. */
export const QUIET_MS = 2000

/** Shows how far a long step is: one line that is rewritten on a terminal, else a line now and then. */
export class Progress {
  readonly #stream: Writable & { readonly isTTY?: boolean }
  readonly #label: string
  #shownAt: number
  #isShown = false

  /** A step that takes less than `quietMs` is not shown. */
  constructor(stream: Writable, label: string, quietMs = 0) {
    this.#stream = stream
    this.#label = label
    this.#shownAt = quietMs === 0 ? 0 : Date.now() + quietMs - this.#everyMs
  }

  get #everyMs(): number {
    return this.#stream.isTTY === true ? 100 : 2000
  }

  update(done: number | bigint, total?: number | bigint, more = ''): void {
    const now = Date.now()
    if (now - this.#shownAt < this.#everyMs) return
    this.#shownAt = now
    this.#isShown = true
    const line = `${this.#label}: ${done}${total === undefined ? '' : ` of ${total}`}${more}`
    this.#stream.write(this.#stream.isTTY === true ? `\r\u001b[K${line}` : `${line}\n`)
  }

  /** Makes room on a terminal for what else is told. */
  clear(): void {
    if (this.#stream.isTTY === true && this.#isShown) this.#stream.write('\r\u001b[K')
    this.#isShown = false
  }

  end(result: string): void {
    const line = `${this.#label}: ${result}`
    this.#stream.write(this.#stream.isTTY === true ? `\r${line.padEnd(60)}\n` : `${line}\n`)
  }
}
