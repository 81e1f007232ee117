import kafkajs from 'kafkajs'
import SASLAuthenticator from 'kafkajs/src/broker/saslAuthenticator/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const CHECK_MS = 100
const LENGTH_BYTES = 4
/** Whoever disconnects has what it waited for: what is left are requests for more. */
const DISCONNECT_MS = 1000

const { connect, disconnect, rejectRequests, sendAuthRequest } = Connection.prototype
const { authenticate } = SASLAuthenticator.prototype
const { scheduleCheckPendingRequests } = RequestQueue.prototype
const connecting = new WeakMap<Connection, Promise<boolean>>()

/**
 * Mends kafkajs's connections (2.2.4; each fault was seen, or follows from its src/network). By itself, a connection
 * - keeps what it had of an answer that was cut, and takes the answers after the next connect for the rest of it: it reads nothing more;
 * - opens a socket for each request that finds it closed, and reads from all of them as if they were one;
 * - takes requests while it notices that it was closed, after which nothing ends them;
 * - asks again and again on a socket that is dead without having been closed, as a pulled cable leaves it;
 * - takes a connection that broke during the login for a wrong password, which nobody tries again;
 * - waits, when it is closed, for all that was asked, also of a broker that hangs;
 * - waits without end for an authentication that is not answered, and for a TLS handshake that the other side broke off;
 * - looks every millisecond whether a request waits, by a timer with a negative delay, of which Node 24 warns (tulios/kafkajs #1751).
 */
export function mendConnections(): void {
  Object.assign(Connection.prototype, {
    connect: connectOnce,
    disconnect: disconnectOnce,
    rejectRequests: giveUp,
    sendAuthRequest: authenticateInTime,
  })
  Object.assign(SASLAuthenticator.prototype, { authenticate: logIn })
  Object.assign(RequestQueue.prototype, {
    scheduleCheckPendingRequests: checkPendingRequests,
    scheduleRequestTimeoutCheck: checkTimeouts,
  })
}

function connectOnce(this: Connection): Promise<boolean> {
  if (this.isConnected()) return Promise.resolve(true)
  const running = connecting.get(this)
  if (running !== undefined) return running
  const attempt = connectAnew(this).finally(() => connecting.delete(this))
  connecting.set(this, attempt)
  return attempt
}

async function connectAnew(connection: Connection): Promise<boolean> {
  connection.socket?.destroy()
  connection.chunks = []
  connection.bytesBuffered = 0
  connection.bytesNeeded = LENGTH_BYTES
  connection.requestQueue.onDead = () => connection.rejectRequests(lost(connection, 'a request was not answered'))
  const opened = connect.call(connection)
  const closed = new Promise<never>((_, reject) => {
    // Later than an error, which tells more.
    connection.socket?.once('close', () => setImmediate(() => reject(lost(connection, 'closed by the other side'))))
  })
  closed.catch(() => undefined)
  return Promise.race([opened, closed])
}

/** kafkajs calls it where a connection was lost, and disconnects then. */
function giveUp(this: Connection, error: Error): void {
  this.connectionStatus = 'disconnected'
  this.socket?.destroy()
  rejectRequests.call(this, error)
}

async function disconnectOnce(this: Connection): Promise<boolean> {
  if (this.connectionStatus === 'disconnected') return true
  const timer = setTimeout(() => this.rejectRequests(lost(this, 'closed by this side')), DISCONNECT_MS)
  try {
    return await disconnect.call(this)
  } finally {
    clearTimeout(timer)
  }
}

async function logIn(this: SASLAuthenticator): Promise<void> {
  try {
    await authenticate.call(this)
  } catch (error) {
    throw this.connection.isConnected() ? error : lost(this.connection, 'it broke during the login')
  }
}

async function authenticateInTime(this: Connection, call: unknown): Promise<unknown> {
  const timer = setTimeout(() => {
    this.authHandlers?.onError()
    this.rejectRequests(lost(this, 'the authentication was not answered'))
  }, this.requestTimeout)
  try {
    return await sendAuthRequest.call(this, call)
  } finally {
    clearTimeout(timer)
  }
}

function checkTimeouts(this: RequestQueue): void {
  this.destroy()
  this.requestTimeoutIntervalId = setInterval(() => {
    const inFlight = [...this.inflight.values()]
    const late = inFlight.filter(({ sentAt, requestTimeout }) => Date.now() - sentAt > requestTimeout)
    for (const request of late) request.timeoutRequest()
    // Brokers answer in order: one that is late behind another, which may take longer, says nothing of the socket.
    if (late.length > 0 && late[0] === inFlight[0]) this.onDead?.()
    if (!this.isConnected()) this.destroy()
  }, CHECK_MS)
}

function checkPendingRequests(this: RequestQueue): void {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this)
}

function lost({ broker }: Connection, reason: string): Error {
  return new kafkajs.KafkaJSConnectionError(`Connection lost: ${reason}`, { broker })
}
