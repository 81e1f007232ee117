import { connect } from 'node:net'

/** Bytes to send, one after another. */
export interface RawRequest {
  readonly chunks: readonly Buffer[]
  /** Between two chunks, ms. */
  readonly pauseMs?: number
  /** Sends the end of the stream after the last chunk. */
  readonly ends?: boolean
  /** Leaves without waiting for an answer. */
  readonly leaves?: boolean
  /** Leaves when nothing came for so long: what is sent may be the beginning of something longer, ms. */
  readonly patienceMs?: number
  /** Leaves when nothing more came for so long after the first bytes: a connection may be kept open, ms. */
  readonly restMs?: number
  /** Leaves after so long, whatever comes: for answers that never end, ms. */
  readonly mostMs?: number
}

/** Sends bytes over a connection of their own, and answers with what came back until it ended, or nothing more came. */
export function exchange(port: number, request: RawRequest): Promise<Buffer> {
  const { chunks, pauseMs = 0, ends = false, leaves = false, patienceMs = 1000, restMs = 80, mostMs = 60_000 } = request
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let isSent = false
    let leaving: NodeJS.Timeout | null = null
    const most = setTimeout(() => finish(), mostMs)
    const finish = (): void => {
      clearTimeout(most)
      if (leaving !== null) clearTimeout(leaving)
      socket.destroy()
      resolve(Buffer.concat(received))
    }
    const wait = (): void => {
      if (leaving !== null) clearTimeout(leaving)
      leaving = setTimeout(finish, received.length > 0 && isSent ? restMs : patienceMs)
    }
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      wait()
    })
    // Whoever is cut while sending may not see what was answered: TCP drops it.
    socket.on('error', finish)
    socket.on('close', finish)
    socket.on('connect', () => {
      wait()
      void sendAll()
    })

    async function sendAll(): Promise<void> {
      for (const chunk of chunks) {
        if (socket.destroyed) return
        await new Promise<void>((done) => socket.write(chunk, () => done()))
        if (pauseMs > 0) await new Promise((done) => setTimeout(done, pauseMs))
      }
      isSent = true
      if (leaves) finish()
      else if (ends) socket.end()
      if (!leaves) wait()
    }
  })
}
