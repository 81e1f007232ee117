// What is used of kafkajs beyond its types.
declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error }
  export default errors
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** The requests of one connection. */
  export default class RequestQueue {
    /** Those that wait, for an answer to another or for the end of a throttling. */
    pending: unknown[]
    scheduleCheckPendingRequests: (this: RequestQueue) => void
  }
}
