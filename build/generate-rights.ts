import { readFileSync, writeFileSync } from 'node:fs'
import { resourceName, ROLES, roleRights, type Role, type RoleRight } from '../log/rights/role-rights.ts'
import { resourceText } from '../log/rights/right-texts.ts'
import { GRANTED_ROLES, grantStatement, roleGrants } from '../projections/role-grants.ts'
import { SettingsSchema } from '../service/settings-schema.ts'

const page = new URL('../docs/rights.md', import.meta.url)
const BEGIN = '<!-- npm run rights:generate writes this from log/rights/role-rights.ts -->\n'
const END = '<!-- end -->\n'

const prefix = SettingsSchema.shape.TOPIC_PREFIX.parse(undefined)

const TITLES: Readonly<Record<Role, string>> = {
  produce: '`ingest`, `ExperienceProducer`, and a store that appends',
  project: '`project`',
  ask: 'questions, `verify`, `tail`, `ExperienceSubscriber`, everything that lists',
  operate:
    '`rebuild`, `rollback`, `prune`, `tenants delete`, `export`, `import`, `dead-letters retry`, `discard` and `release`, with the role *ask*',
}

/** What docs/rights.md must hold between its marks: the rights of each role, and the commands that grant them. */
function rightsByRole(): string {
  const tables = ROLES.map((role) => {
    const rights = roleRights.filter((each) => each.role === role)
    const rows = rights.map((right) => {
      const { resource, isPrefix, operations, why } = right
      const named = resourceText({ resource, isPrefix, name: resourceName(prefix, right) })
      const [kind, name] = [named.slice(0, named.lastIndexOf(' ')), named.slice(named.lastIndexOf(' ') + 1)]
      return `| ${kind} \`${name}\` | ${operations.join(', ')} | ${why} |`
    })
    return `### Role ${role}\n\n${TITLES[role]}.\n\n| on | rights | why |\n| --- | --- | --- |\n${rows.join('\n')}\n\n\`\`\`sh\n${rights.map(command).join('\n')}\n\`\`\`\n`
  })
  return `${BEGIN}\n${tables.join('\n')}\n${END}`
}

const GRANTS_BEGIN = '<!-- npm run rights:generate writes this from projections/role-grants.ts -->\n'

/** The same for ClickHouse. */
function grantsByRole(): string {
  const database = SettingsSchema.shape.CLICKHOUSE_DATABASE.parse(undefined)
  const tables = GRANTED_ROLES.map((role) => {
    const rows = roleGrants[role].map(({ privilege, why }) => `| ${privilege} | ${why} |`)
    const statement = `${grantStatement(roleGrants[role], database)} TO ${role};`
    return `### ClickHouse, role ${role}\n\n| privilege | why |\n| --- | --- |\n${rows.join('\n')}\n\n\`\`\`sql\n${statement}\n\`\`\`\n`
  })
  return `${GRANTS_BEGIN}\n${tables.join('\n')}\n${END}`
}

function command(right: RoleRight): string {
  const { role, resource, isPrefix, operations } = right
  const option = `--${resource.replace(' ', '-')} ${resourceName(prefix, right)}`
  const granted = operations.map((operation) => `--operation ${operation}`).join(' ')
  const pattern = isPrefix ? ' --resource-pattern-type prefixed' : ''
  return `acl User:${role} ${granted} ${option}${pattern}`
}

/** The page with what it must hold. */
export function rightsPage(): { readonly text: string; readonly wanted: string } {
  const text = readFileSync(page, 'utf8')
  const ofKafka = replaced(text, BEGIN, rightsByRole())
  return { text, wanted: replaced(ofKafka, GRANTS_BEGIN, grantsByRole()) }
}

function replaced(text: string, begin: string, made: string): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(END, from)
  if (from < 0 || to < 0) throw new Error(`docs/rights.md lacks the mark ${begin}`)
  return text.slice(0, from) + made + text.slice(to + END.length)
}

if (process.argv[1] === import.meta.filename) writeFileSync(page, rightsPage().wanted)
