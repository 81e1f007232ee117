import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody, HttpError } from '../http-error.ts'
import { SECURITY_HEADERS } from '../answers/security-headers.ts'

/** Ends a connection on which no request can be answered in the usual way, with an answer if there is a message. */
export function refuseConnection(socket: Socket, status: number, message: string | null): void {
  if (message !== null && socket.writable) {
    const body = JSON.stringify(errorBody(new HttpError(status, 'InvalidQuery', message)))
    const headers = {
      connection: 'close',
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      ...SECURITY_HEADERS,
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
  }
  socket.destroySoon()
}
