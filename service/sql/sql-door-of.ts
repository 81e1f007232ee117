import type { SqlDoor } from '../../projections/sql-door/sql-door.ts'
import { KNOWN_SETTINGS } from '../clickhouse-door/request/known-settings.ts'
import type { Settings } from '../settings.ts'
import { sqlLimits } from './ask-sql.ts'

/** The user whom statements of others are asked as on a ClickHouse server; null where the settings name none. */
export function sqlDoorOf(settings: Settings): SqlDoor | null {
  const { CLICKHOUSE_SQL_USERNAME: username, CLICKHOUSE_SQL_PASSWORD: password } = settings
  if (username === undefined || password === undefined) return null
  const chosen = [...KNOWN_SETTINGS].filter(([, { kind }]) => kind === 'engine').map(([name]) => name)
  return { username, password, limits: sqlLimits(settings, 'error'), chosen }
}
