import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the stand-in itself does beside statements: it hands inserts to the engine as files. */
const OWN = ['GRANT FILE ON *.*']

/** A row policy of the one user: rows of the table that fulfil the condition. */
export interface RowFilter {
  readonly database: string
  readonly table: string
  readonly condition: string
}

/**
 * Writes what the engine reads when it starts: a configuration whose one user may do only what the GRANT statements say (without
 * `TO …`), and sees only the rows that the filters let through. Answers its path.
 */
export async function writeGrants(
  directory: string,
  grants: readonly string[],
  filters: readonly RowFilter[] = [],
): Promise<string> {
  await mkdir(directory, { recursive: true })
  const [users, config] = [join(directory, 'users.xml'), join(directory, 'config.xml')]
  const queries = [...grants, ...OWN].map((grant) => `<query>${grant}</query>`).join('')
  const policies = filters.map(
    ({ database, table, condition }) =>
      `<${database}><${table}><filter><![CDATA[${condition}]]></filter></${table}></${database}>`,
  )
  await writeFile(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default><password/>
<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><databases>${policies.join('')}</databases><grants>${queries}</grants></default></users></clickhouse>`,
  )
  await writeFile(
    config,
    `<clickhouse><users_config>${users}</users_config><user_directories><users_xml><path>${users}</path></users_xml></user_directories></clickhouse>`,
  )
  return config
}
