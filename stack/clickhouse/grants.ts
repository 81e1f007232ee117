import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the stand-in itself does beside statements: it hands inserts to the engine as files. */
const OWN = ['GRANT FILE ON *.*']

/**
 * Writes what the engine reads when it starts: a configuration whose one user may do only what the GRANT statements say (without
 * `TO …`). Answers its path.
 */
export async function writeGrants(directory: string, grants: readonly string[]): Promise<string> {
  await mkdir(directory, { recursive: true })
  const [users, config] = [join(directory, 'users.xml'), join(directory, 'config.xml')]
  const queries = [...grants, ...OWN].map((grant) => `<query>${grant}</query>`).join('')
  await writeFile(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default><password/>
<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><grants>${queries}</grants></default></users></clickhouse>`,
  )
  await writeFile(
    config,
    `<clickhouse><users_config>${users}</users_config><user_directories><users_xml><path>${users}</path></users_xml></user_directories></clickhouse>`,
  )
  return config
}
