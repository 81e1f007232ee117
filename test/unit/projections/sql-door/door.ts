import type { SqlDoor } from '../../../../projections/sql-door/sql-door.ts'

/** A door for tests. */
export const door: SqlDoor = {
  username: 'analysts',
  password: 'a password that nobody types',
  limits: { milliseconds: 9_500, memoryBytes: 1 << 28, rows: 100, resultBytes: 1 << 20 },
  chosen: ['join_use_nulls', 'session_timezone', 'output_format_json_quote_64bit_integers'],
}
