import { compareGrants } from './door-grants.ts'
import { doorSettings, type DoorSetting } from './door-settings.ts'
import { releaseFault } from './oldest-release.ts'
import { TENANT_POLICY } from './setup-statements.ts'
import type { SqlDoor } from './sql-door.ts'
import { TENANT_SETTING } from './tenant-seal.ts'
import type { PolicyRow, SettingRow, Told, WallFacts } from './wall-facts.ts'
import type { WallReport } from './wall-report.ts'

/** Judges a wall by what is known of the server. What could not be looked at counts as unsafe. */
export function judgeWall(database: string, door: SqlDoor, facts: WallFacts): WallReport {
  const release = releaseFault(facts.release)
  const refused = refusedAll(facts)
  if (refused !== null) return { unsafe: [`the user ${door.username} is refused with ${refused}`], lacking: [] }
  const grants = told('its grants', facts.grants, (shown) => compareGrants(database, shown))
  return {
    unsafe: [
      ...(release === null ? [] : [release]),
      ...told('the row policies (GRANT SHOW ROW POLICIES)', facts.policies, (rows) => ({
        wider: policyFaults(rows, door.username, facts.wantedFilter),
      })).wider,
      ...facts.definerViews.map((view) => `the view ${view} does not run as who asks, and passes the policies by`),
      ...grants.wider,
      ...told('its settings', facts.settings, (rows) => ({ wider: settingFaults(rows, door) })).wider,
      ...told(`the setting ${TENANT_SETTING} (custom_settings_prefixes)`, facts.tenant, (tenant) => ({
        wider: tenant === '' ? [] : [`without a tenant it has one: ${TENANT_SETTING} is not empty`],
      })).wider,
      ...told('what it sees without a tenant', facts.seen, (names) => ({
        wider: names.length === 0 ? [] : [`without a tenant it sees rows of ${names.join(', ')}`],
      })).wider,
      ...told('which tables of the server it sees', facts.systemTables, (names) => ({
        wider:
          names.length === 0
            ? []
            : [
                `it reads ${names.map((name) => `system.${name}`).join(', ')}, which tell of others (access_control_improvements)`,
              ],
      })).wider,
      ...told('a statement as the service sends it', facts.question, () => ({ wider: [] })).wider,
    ],
    lacking: grants.lacking ?? [],
  }
}

/** Why the door's user gets no answer to anything, or null: it may not be there, or have another password. */
function refusedAll({ grants, question }: WallFacts): string | null {
  const isSame = 'refused' in grants && 'refused' in question && grants.refused === question.refused
  return isSame ? grants.refused : null
}

interface Judged {
  readonly wider: readonly string[]
  readonly lacking?: readonly string[]
}

function told<Answer>(what: string, fact: Told<Answer>, judge: (answer: Answer) => Judged): Judged {
  return 'answer' in fact ? judge(fact.answer) : { wider: [`${what}: refused with ${fact.refused}`] }
}

/** The restriction must be there for all tables of the database, with its very condition, and hold the door's user. */
function policyFaults(rows: readonly PolicyRow[], username: string, filter: string): string[] {
  const found = rows.find(({ short_name, table }) => short_name === TENANT_POLICY && (table === '' || table === '*'))
  if (found === undefined) return [`there is no row policy ${TENANT_POLICY} on all tables of the database`]
  const holds =
    found.apply_to_list.includes(username) || (found.apply_to_all === 1 && !found.apply_to_except.includes(username))
  return [
    ...(found.is_restrictive === 1 ? [] : [`the row policy ${TENANT_POLICY} is not restrictive`]),
    ...(found.filter === filter
      ? []
      : [`the row policy ${TENANT_POLICY} has another condition than this password asks for`]),
    ...(holds ? [] : [`the row policy ${TENANT_POLICY} is not for the user ${username}`]),
  ]
}

/** Constants have their value and cannot be changed, and what a statement may cost is bounded. */
function settingFaults(rows: readonly SettingRow[], door: SqlDoor): string[] {
  const found = new Map(rows.map((row) => [row.name, row]))
  const wanted = doorSettings(door).filter(({ isConstant, bounds }) => isConstant || bounds !== undefined)
  const known = wanted.filter(({ name }) => found.has(name))
  const constant = known.filter(({ isConstant }) => isConstant)
  const named = (fault: string, settings: readonly DoorSetting[]): string[] =>
    settings.length === 0 ? [] : [`${fault}: ${settings.map(({ name }) => name).join(', ')}`]
  return [
    ...named(
      'settings that the server does not know',
      wanted.filter(({ name }) => !found.has(name)),
    ),
    ...named(
      'its settings that have another value than they must',
      constant.filter(({ name, value }) => found.get(name)!.value !== String(value)),
    ),
    ...named(
      'settings that it may change',
      constant.filter(({ name }) => found.get(name)!.readonly !== 1),
    ),
    ...named(
      'its settings without an upper bound',
      known.filter(({ name, isConstant }) => !isConstant && found.get(name)!.max === null),
    ),
  ]
}
