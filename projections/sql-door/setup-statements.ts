import { createHash } from 'node:crypto'
import { quoteIdentifier, quoteText } from '../../base/quote-sql.ts'
import { doorGrants, grantedName } from './door-grants.ts'
import { doorSettings, type DoorSetting } from './door-settings.ts'
import type { SqlDoor } from './sql-door.ts'
import { tenantCondition } from './tenant-condition.ts'
import { sealKey } from './tenant-seal.ts'

/** What an administrator runs, and what for. */
export interface SetupStatement {
  readonly sql: string
  readonly why: string
}

/** Holds the door's user to one tenant, whatever else is permitted to it. */
export const TENANT_POLICY = 'experience_log_tenant'
/** Leaves everybody else as they were: on a table with policies, who has none sees nothing or all, by the server's configuration. */
export const OTHERS_POLICY = 'experience_log_others'

/**
 * The statements that make a server a wall, in an order in which nothing is open in between. They may be run again, after a change of the
 * password or the limits, or for a release with more views. `reader` is the user of the service, which looks at the policies. They
 * hold a secret. Throws a `TypeError` for names that are no plain identifiers.
 */
export function setupStatements(database: string, door: SqlDoor, reader: string): SetupStatement[] {
  const [user, of] = [quoteIdentifier(door.username), quoteIdentifier(database)]
  const hash = createHash('sha256').update(door.password).digest('hex')
  const grants = doorGrants().map((grant) => `GRANT SELECT ON ${of}.${grantedName(grant)} TO ${user}`)
  return [
    {
      sql: `CREATE USER IF NOT EXISTS ${user} IDENTIFIED WITH sha256_hash BY '${hash}' DEFAULT ROLE NONE GRANTEES NONE`,
      why: 'The user of statements of others. It is not replaced if it exists: policies are for a user, not for a name.',
    },
    {
      sql: `ALTER USER ${user} IDENTIFIED WITH sha256_hash BY '${hash}' DEFAULT ROLE NONE GRANTEES NONE SETTINGS ${doorSettings(door).map(settingSql).join(', ')}`,
      why: 'What its statements may cost, and what they may not change.',
    },
    { sql: `REVOKE ALL ON *.* FROM ${user}`, why: 'Whatever it may have been granted before.' },
    {
      sql: `CREATE ROW POLICY OR REPLACE ${OTHERS_POLICY} ON ${of}.* FOR SELECT USING 1 AS PERMISSIVE TO ALL`,
      why: 'All others see what they saw, and it takes nothing from the restriction below. It comes first: by some configurations nobody sees rows of a table that has policies, but none for them, and the service would take the tables for empty. If you have permissive policies of your own in this database, name the users whom this is for instead of ALL.',
    },
    {
      sql: `CREATE ROW POLICY OR REPLACE ${TENANT_POLICY} ON ${of}.* FOR SELECT USING ${tenantCondition(sealKey(door.password))} AS RESTRICTIVE TO ${user}`,
      why: 'It sees the rows of the tenant that the service vouches for, and none without that: in every table and view of the database, also those to come.',
    },
    ...grants.map((sql, index) => ({
      sql,
      why: index === 0 ? 'The documented views, and the tables below them, also those that a rebuild will make.' : '',
    })),
    {
      sql: `GRANT SHOW ROW POLICIES ON *.* TO ${quoteIdentifier(reader)}`,
      why: 'The service looks whether the policies are there: without them it answers no SQL.',
    },
  ]
}

function settingSql({ name, value, isConstant, bounds }: DoorSetting): string {
  const is = value === null ? '' : ` = ${typeof value === 'number' ? value : quoteText(value)}`
  const within = bounds === undefined ? '' : ` MIN ${bounds[0]} MAX ${bounds[1]}`
  return `${name}${is}${within} ${isConstant ? 'CONST' : 'CHANGEABLE_IN_READONLY'}`
}
