import type { IncomingHttpHeaders } from 'node:http'

/** How somebody is told to send a key to this door. */
export const KEY_ADVICE = 'send it as the password, with any user name'

/**
 * The key that a request carries, in the order in which ClickHouse looks: `Authorization` (Bearer, or the password of Basic), the header
 * `X-ClickHouse-Key`, `password` in the URL. Null where none is sent, or an empty one: clients send a user without a password uninvited.
 */
export function sentKey(headers: IncomingHttpHeaders, url: ReadonlyMap<string, string>): string | null {
  const { authorization } = headers
  const key =
    authorization === undefined ? (header(headers['x-clickhouse-key']) ?? url.get('password')) : keyIn(authorization)
  return key === undefined || key === '' ? null : key
}

/** What is none of the known ways is a key that there is not. */
function keyIn(authorization: string): string {
  const [, scheme = '', text = ''] = /^(\w+) +(\S+) *$/.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return text
  if (scheme.toLowerCase() !== 'basic') return 'none'
  const pair = Buffer.from(text, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
