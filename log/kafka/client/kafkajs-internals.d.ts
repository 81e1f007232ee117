// What is used of kafkajs beyond its types.
declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error }
  export default errors
}

declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    metadata(topics?: string[]): Promise<{ readonly topicMetadata: readonly unknown[] }>
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface SentRequest {
    /** ms since the epoch */
    readonly sentAt: number
    /** ms */
    readonly requestTimeout: number
    /** Rejects it, and takes it out of what is in flight. */
    timeoutRequest(): void
  }

  /** The requests of one connection. */
  export default class RequestQueue {
    /** Those that wait, for an answer to another or for the end of a throttling. */
    pending: unknown[]
    /** Those that wait for their answers, by correlation id, in the order they were sent. */
    readonly inflight: ReadonlyMap<number, SentRequest>
    requestTimeoutIntervalId: NodeJS.Timeout
    /** Ours: called when the connection seems to be dead. */
    onDead?: () => void
    scheduleCheckPendingRequests: (this: RequestQueue) => void
    scheduleRequestTimeoutCheck: (this: RequestQueue) => void
    isConnected(): boolean
    /** Ends the timers. */
    destroy(): void
  }
}

declare module 'kafkajs/src/broker/saslAuthenticator/index.js' {
  import type Connection from 'kafkajs/src/network/connection.js'

  export default class SASLAuthenticator {
    readonly connection: Connection
    authenticate: (this: SASLAuthenticator) => Promise<void>
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

  /** One of the two connections to a broker. */
  export default class Connection {
    readonly broker: string
    /** ms */
    readonly requestTimeout: number
    readonly requestQueue: RequestQueue
    connectionStatus: 'connected' | 'disconnecting' | 'disconnected'
    socket?: Socket
    /** What is there of answers that are not whole yet. */
    chunks: Buffer[]
    bytesBuffered: number
    bytesNeeded: number
    /** Those who wait for the answer to a step of an authentication. */
    readonly authHandlers: { onError(): void } | null
    isConnected(): boolean
    send(call: { readonly request: { readonly apiName: string } }): Promise<unknown>
    connect: (this: Connection) => Promise<boolean>
    disconnect: (this: Connection) => Promise<boolean>
    rejectRequests: (this: Connection, error: Error) => void
    sendAuthRequest: (this: Connection, call: unknown) => Promise<unknown>
  }
}
