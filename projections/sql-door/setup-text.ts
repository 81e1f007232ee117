import { setupStatements } from './setup-statements.ts'
import type { SqlDoor } from './sql-door.ts'
import { TENANT_SETTING } from './tenant-seal.ts'

/** What an administrator reads and runs: comments, and a statement each, as `clickhouse-client` takes them. */
export function setupText(database: string, door: SqlDoor, reader: string): string {
  const statements = setupStatements(database, door, reader).map(
    ({ sql, why }) => `${why === '' ? '' : `\n-- ${why}\n`}${sql};`,
  )
  return [
    '-- Makes this server keep apart the tenants who ask SQL (docs/security.md). Run it as an administrator:',
    '--   experience-log sql-door setup | clickhouse-client --user ADMINISTRATOR --password',
    '-- It holds a secret made of CLICKHOUSE_SQL_PASSWORD: keep it as you keep that.',
    `-- The server's configuration must allow the setting ${TENANT_SETTING}, as the one that ClickHouse ships does:`,
    '--   <custom_settings_prefixes>SQL_</custom_settings_prefixes>',
    '-- and must ask for grants on the tables of the server, as the shipped one does as well:',
    '--   <access_control_improvements><select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>',
    '--   <settings_constraints_replace_previous>true</settings_constraints_replace_previous></access_control_improvements>',
    '-- On a cluster, write ON CLUSTER behind each name, unless users and policies are replicated.',
    ...statements,
  ].join('\n')
}
