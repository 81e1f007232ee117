/** What a serving process does. */
export const SERVE_ROLES = ['ingest', 'project', 'query'] as const
export type ServeRole = (typeof SERVE_ROLES)[number]

export interface ServeOptions {
  /** An address of this machine. */
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  /** Where clients of ClickHouse are answered, 0 for a free port. Default: nowhere. */
  readonly clickhousePort?: number | null
  readonly roles: ReadonlySet<ServeRole>
}

export const DEFAULT_PORT = 7070
export const DEFAULT_HOST = '127.0.0.1'

/** Whether only programs on this machine reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
