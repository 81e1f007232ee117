import type { Writable } from 'node:stream'

/** Shows how far a long step is: one line that is rewritten on a terminal, else a line now and then. */
export class Progress {
  private readonly stream: Writable & { readonly isTTY?: boolean }
  private readonly label: string
  private shownAt = 0

  constructor(stream: Writable, label: string) {
    this.stream = stream
    this.label = label
  }

  update(done: number, total?: bigint): void {
    const now = Date.now()
    const everyMs = this.stream.isTTY === true ? 100 : 2000
    if (now - this.shownAt < everyMs) return
    this.shownAt = now
    const line = `${this.label}: ${done}${total === undefined ? '' : ` of ${total}`}`
    this.stream.write(this.stream.isTTY === true ? `\r${line}` : `${line}\n`)
  }

  end(result: string): void {
    const line = `${this.label}: ${result}`
    this.stream.write(this.stream.isTTY === true ? `\r${line.padEnd(60)}\n` : `${line}\n`)
  }
}
