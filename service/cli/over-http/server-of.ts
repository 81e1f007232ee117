import { clientSettings } from '../../../client/client-options.ts'
import { HttpConnection } from '../../../client/http-connection.ts'
import type { Settings } from '../../settings.ts'

/** How long a command tries again to reach a server, ms: somebody waits for it. */
const RETRY_FOR_MS = 10_000

/** The server that commands ask; null where they open log and read model by themselves. Error: `InvalidSettings`. */
export function serverOf(settings: Pick<Settings, 'EXPERIENCE_LOG_URL' | 'EXPERIENCE_LOG_KEY'>): HttpConnection | null {
  const { EXPERIENCE_LOG_URL: url, EXPERIENCE_LOG_KEY: key } = settings
  return url === undefined ? null : new HttpConnection(clientSettings({ url, key, retryForMs: RETRY_FOR_MS }))
}
