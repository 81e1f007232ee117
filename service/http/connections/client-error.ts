import type { Socket } from 'node:net'
import { refuseConnection } from './refuse-connection.ts'
import type { SlowClients } from './slow-clients.ts'

/** What Node says of a connection that brings no request that can be read. */
const REFUSALS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request comes too slowly'],
}

/** Refuses what is not HTTP. There is no request to answer; if others of the connection are being answered, it just ends. */
export function onClientError(clients: SlowClients) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const [status, message] = REFUSALS[error.code ?? ''] ?? [400, 'is not HTTP']
    const isHeard = error.code !== 'ECONNRESET' && !clients.isAnswering(socket)
    refuseConnection(socket, status, isHeard ? message : null)
  }
}
