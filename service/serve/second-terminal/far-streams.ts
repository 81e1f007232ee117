import type { Socket } from 'node:net'
import { Readable, Writable } from 'node:stream'

/** Tells the other side that its input is read from now on. */
const ASK = '\n'

/** Input of a second terminal: nothing of it is asked for before somebody reads. */
export class FarInput extends Readable {
  readonly #socket: Socket
  #isAsked = false
  #isWhole = false

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    this.on('error', () => {})
    socket.on('error', () => {})
    // A part must not pass for the whole.
    socket.on('close', () => {
      if (!this.#isWhole) this.destroy(new Error('the other terminal is gone'))
    })
  }

  override _read(): void {
    if (this.#isAsked) return void this.#socket.resume()
    this.#isAsked = true
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.#socket.pause()
    })
    this.#socket.on('end', () => {
      this.#isWhole = true
      this.push(null)
    })
    this.#socket.resume()
    this.#socket.write(ASK)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy()
    callback(error)
  }
}

/** Output of a second terminal. Whoever closes it there is a reader who has gone, as of a pipe. */
export class FarOutput extends Writable {
  readonly isTTY: boolean
  readonly #socket: Socket

  constructor(socket: Socket, isTTY: boolean) {
    super()
    this.isTTY = isTTY
    this.#socket = socket
    // Who writes is told.
    this.on('error', () => {})
    socket.on('error', () => {})
    socket.on('close', () => this.destroy(brokenPipe()))
    // The other side sends nothing here; its end would not be seen otherwise.
    socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#socket.destroyed) return callback(brokenPipe())
    this.#socket.write(chunk, (error) => callback(error === null || error === undefined ? null : brokenPipe()))
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#socket.destroyed) return callback(brokenPipe())
    this.#socket.end(() => callback())
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error !== null) this.#socket.destroy()
    callback(error)
  }
}

function brokenPipe(): Error {
  return Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })
}
