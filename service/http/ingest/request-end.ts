import type { FastifyReply } from 'fastify'
import { HttpError } from '../http-error.ts'

/** How long a request may still bring events when the process is asked to stop, ms. */
const GRACE_MS = 2000

/** When nothing more is to be waited for of a request. */
export interface RequestEnd {
  /** Aborts, with an error as its reason, when the client is gone, or some time after the process is asked to stop. */
  readonly signal: AbortSignal
  release(): void
}

export function requestEnd({ raw }: FastifyReply, stopping: AbortSignal): RequestEnd {
  const ending = new AbortController()
  let grace: NodeJS.Timeout | undefined
  const gone = (): void => {
    ending.abort(new HttpError(400, 'InvalidQuery', 'body: ends early', { field: 'body' }))
  }
  const stop = (): void => {
    const message = 'the server is stopping; what it did not take has to be sent again'
    grace = setTimeout(() => ending.abort(new HttpError(503, 'Unavailable', message, { retryAfterS: 1 })), GRACE_MS)
  }
  raw.once('close', gone)
  if (stopping.aborted) stop()
  else stopping.addEventListener('abort', stop, { once: true })
  return {
    signal: ending.signal,
    release: () => {
      clearTimeout(grace)
      raw.off('close', gone)
      stopping.removeEventListener('abort', stop)
    },
  }
}
