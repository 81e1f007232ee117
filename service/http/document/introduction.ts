import type { RouteTag } from '../route.ts'

/** What the API is, for people: paragraphs, with names of the API between back ticks. */
export const INTRODUCTION = [
  'experience-log keeps the experience events of AI agents in a streaming log, projects each of them into tables exactly once, and ' +
    'answers questions about them. A fleet in any language emits with one `POST`, and anyone asks with one `GET`.',
  'JSON holds 64-bit numbers as bare integers, never rounded: read them with a parser that keeps them. Events are answered byte for ' +
    'byte as the contract prints them.',
  'Every error has the form `{"error":{"code":…,"message":…,"field":…}}`; `field` names the parameter, header or field at fault. ' +
    'With 429 and 503 the header `Retry-After` says after how many seconds the same request may succeed. Parameters that a route ' +
    'does not have are refused, so that a misspelt filter never finds too much.',
  'A question sees every event that was accepted before it was asked (`consistency=latest`). An append answers with the positions ' +
    'of its events; sent back as the header `Experience-Position`, a question waits for those alone. Every answer says how fresh ' +
    'it is in the header `Experience-Freshness`.',
  'Every answer carries `X-Request-Id`, the one that was sent or a new one, by which the server’s log tells what happened.',
].join('\n\n')

/** The groups of routes, in the order in which people read them. */
export const TAGS: readonly { readonly name: RouteTag; readonly description: string }[] = [
  { name: 'Events', description: 'Append events, find them, and learn what became of one.' },
  { name: 'Questions', description: 'Chains, artifacts, traces and totals, now or as the log stood at a moment.' },
  { name: 'Analytics', description: 'Cost, latency and success, by bucket of time and group.' },
  { name: 'Tail', description: 'Events as the log takes them, with nothing lost or doubled after a reconnect.' },
  { name: 'Operations', description: 'What an operator watches and does: lag, generations, dead letters, tenants.' },
  { name: 'Keys', description: 'Who may come in, and for what.' },
  { name: 'Service', description: 'Whether the process lives and is ready, what it counts, and this document.' },
]
