import type { LiveItem } from '../../../consumers/live/head.ts'
import { itemToJson } from '../../../consumers/subscription/items.ts'

/** Why a stream ends. */
export type ClosedReason = 'stopping' | 'slow' | 'unauthorized' | 'failed'

/** How a stream is written. Each text is a whole: what follows it is the next. */
export interface TailFormat {
  readonly contentType: string
  /** What the stream begins with: the place from which it can be resumed, where the client did not name it. */
  opening(token: string | null): string
  item(item: LiveItem): string
  /** `token` is null where the place is still the one that was told. */
  heartbeat(token: string | null): string
  closed(reason: ClosedReason, token: string): string
}

/** How soon a browser that was cut comes again, ms. */
const RETRY_MS = 1000

/** Server-sent events (WHATWG HTML, section 9.2). An id without data is kept by the client, and dispatches nothing. */
export const sse: TailFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: (token) => `retry: ${RETRY_MS}\n${sse.heartbeat(token)}`,
  item: ({ content, json, token }) => {
    const name = content.type === 'event' ? content.envelope.event.type : content.type
    return `id: ${token}\nevent: ${name}\ndata: ${oneLine(json ?? itemToJson({ ...content, token }))}\n\n`
  },
  heartbeat: (token) => (token === null ? ': hb\n\n' : `: hb\nid: ${token}\n\n`),
  closed: (reason, token) => `id: ${token}\nevent: closed\ndata: ${JSON.stringify({ reason, token })}\n\n`,
}

/** A JSON text a line, each with a `type`. */
export const ndjson: TailFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  opening: (token) => ndjson.heartbeat(token),
  item: ({ content, json, token }) => `${itemToJson({ ...content, token }, json)}\n`,
  heartbeat: (token) =>
    `${JSON.stringify({ type: 'heartbeat', at: new Date().toISOString(), ...(token === null ? {} : { token }) })}\n`,
  closed: (reason, token) => `${JSON.stringify({ type: 'closed', reason, token })}\n`,
}

/** Line ends within JSON are space; the client puts the lines together again. */
function oneLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replaceAll(/\r\n|\r|\n/g, '\ndata: ') : json
}
