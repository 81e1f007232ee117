import type { Socket } from 'node:net'

/** A line longer than this is none of ours. */
const MAX_LINE = 4 << 20

/**
 * Hands on the lines of a connection as JSON objects, from its present place on; `take` may end that with `stop`. Who sends anything else
 * is cut.
 */
export function eachJsonLine(socket: Socket, take: (value: object, stop: () => void) => void): void {
  let text = ''
  const stop = (): void => void socket.pause().off('data', read)
  const read = (chunk: Buffer): void => {
    // Not longer than a line: what follows the first one of a stream's connection comes only when it is asked for.
    text += chunk.toString('latin1')
    if (text.length > MAX_LINE) return void socket.destroy()
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = Buffer.from(text.slice(0, end), 'latin1').toString()
      text = text.slice(end + 1)
      const value = parsed(line)
      if (value === null) return void socket.destroy()
      take(value, stop)
    }
  }
  socket.on('data', read)
}

export function sendJsonLine(socket: Socket, value: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`)
}

function parsed(line: string): object | null {
  try {
    const value = JSON.parse(line) as unknown
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
