import type { ConstantValue } from '../../queries/sql/constant-table.ts'

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

/** Functions by which clients ask who answers, by their names in lower case. */
export function serverWords({ user, database, timezone, queryId }: SessionWords): ReadonlyMap<string, ConstantValue> {
  return new Map<string, ConstantValue>([
    ['version', SERVER_VERSION],
    ['displayname', SERVER_NAME],
    ['hostname', SERVER_NAME],
    ['fqdn', SERVER_NAME],
    ['revision', PROTOCOL_REVISION],
    ['timezone', timezone],
    ['servertimezone', DEFAULT_TIMEZONE],
    ['currentuser', user],
    ['user', user],
    ['currentdatabase', database],
    ['database', database],
    ['current_database', database],
    ['schema', database],
    ['queryid', queryId],
    ['query_id', queryId],
    ['connectionid', 0],
    ['connection_id', 0],
    ['uptime', 0],
    ['currentroles', []],
    ['enabledroles', []],
  ])
}

/** The revision of the native format that is written for clients that ask for one: the first in which columns say how they are serialized. */
export const PROTOCOL_REVISION = 54_454
