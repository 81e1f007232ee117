import type { TypedConstant } from '../../queries/sql/constant-table.ts'

/** The release of ClickHouse as which this door speaks: its types, formats and headers. That of the engine behind it is nobody's business. */
export const SERVER_VERSION = '26.7.1.1'
export const SERVER_NAME = 'experience-log'
export const DEFAULT_TIMEZONE = 'UTC'

/** What this door knows of the caller and of the request. */
export interface SessionWords {
  /** The id of the key. */
  readonly user: string
  readonly database: string
  readonly timezone: string
  readonly queryId: string
}

/** The revision of the native format that is written for clients that ask for one: the first in which columns say how they are serialized. */
export const PROTOCOL_REVISION = 54_454

/** Functions by which clients ask who answers, by their names in lower case. */
export function serverWords({ user, database, timezone, queryId }: SessionWords): ReadonlyMap<string, TypedConstant> {
  const text = (value: string): TypedConstant => ({ value, type: 'String' })
  const none: TypedConstant = { value: [], type: 'Array(String)' }
  return new Map([
    ['version', text(SERVER_VERSION)],
    ['displayname', text(SERVER_NAME)],
    ['hostname', text(SERVER_NAME)],
    ['fqdn', text(SERVER_NAME)],
    ['revision', { value: PROTOCOL_REVISION, type: 'UInt32' }],
    ['timezone', text(timezone)],
    ['servertimezone', text(DEFAULT_TIMEZONE)],
    ['currentuser', text(user)],
    ['user', text(user)],
    ['currentdatabase', text(database)],
    ['database', text(database)],
    ['current_database', text(database)],
    ['schema', text(database)],
    ['queryid', text(queryId)],
    ['query_id', text(queryId)],
    ['connectionid', { value: 0, type: 'UInt64' }],
    ['connection_id', { value: 0, type: 'UInt64' }],
    ['uptime', { value: 0, type: 'UInt32' }],
    ['currentroles', none],
    ['enabledroles', none],
  ])
}
