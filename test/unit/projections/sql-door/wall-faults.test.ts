import { expect, test } from 'vitest'
import { doorGrants, grantedName } from '../../../../projections/sql-door/door-grants.ts'
import { doorSettings } from '../../../../projections/sql-door/door-settings.ts'
import { TENANT_POLICY } from '../../../../projections/sql-door/setup-statements.ts'
import type { PolicyRow, SettingRow, WallFacts } from '../../../../projections/sql-door/wall-facts.ts'
import { judgeWall } from '../../../../projections/sql-door/wall-faults.ts'
import { door } from './door.ts'

const DATABASE = 'experience_log'
const FILTER = 'SELECT tenant_id = 1'

const policy: PolicyRow = {
  short_name: TENANT_POLICY,
  table: '',
  filter: FILTER,
  is_restrictive: 1,
  apply_to_all: 0,
  apply_to_list: [door.username],
  apply_to_except: [],
}
const settings: readonly SettingRow[] = doorSettings(door).map(({ name, value, isConstant, bounds }) => ({
  name,
  value: String(value ?? ''),
  readonly: isConstant ? 1 : 0,
  max: bounds === undefined ? null : String(bounds[1]),
}))
/** As the documentation describes what a server answers that ran the statements of `sql-door setup`; none was ever asked. */
const well: WallFacts = {
  release: '26.8.1.3',
  wantedFilter: FILTER,
  policies: { answer: [policy] },
  definerViews: [],
  grants: {
    answer: doorGrants().map((grant) => `GRANT SELECT ON ${DATABASE}.${grantedName(grant)} TO ${door.username}`),
  },
  settings: { answer: settings },
  tenant: { answer: '' },
  seen: { answer: [] },
  systemTables: { answer: [] },
  question: { answer: null },
}

test('a server that did as it was told is a wall', () => {
  expect(judgeWall(DATABASE, door, well)).toEqual({ unsafe: [], lacking: [] })
})

function others(name: string, change: Partial<SettingRow>): WallFacts['settings'] {
  return {
    answer: settings.map((row) => (row.name === name ? { ...row, ...change } : row)),
  }
}
function withPolicy(change: Partial<PolicyRow>): Partial<WallFacts> {
  return {
    policies: { answer: [{ ...policy, ...change }] },
  }
}
function alsoGranted(statement: string): Partial<WallFacts> {
  return {
    grants: { answer: [...('answer' in well.grants ? well.grants.answer : []), statement] },
  }
}

test.each<[Partial<WallFacts>, string]>([
  [{ release: '26.7.2.1' }, 'ClickHouse 26.7.2.1 has table functions that read past row policies'],
  [{ policies: { answer: [] } }, `there is no row policy ${TENANT_POLICY}`],
  [{ policies: { refused: 'ACCESS_DENIED (code 497)' } }, 'GRANT SHOW ROW POLICIES'],
  [withPolicy({ table: 'events' }), `there is no row policy ${TENANT_POLICY} on all tables`],
  [withPolicy({ is_restrictive: 0 }), 'is not restrictive'],
  [withPolicy({ filter: 'SELECT 1' }), 'has another condition'],
  [withPolicy({ apply_to_list: ['somebody'] }), 'is not for the user analysts'],
  [withPolicy({ apply_to_list: [], apply_to_all: 1, apply_to_except: ['analysts'] }), 'is not for the user analysts'],
  [{ definerViews: ['outcomes'] }, 'the view outcomes does not run as who asks'],
  [alsoGranted('GRANT SELECT ON *.* TO analysts'), 'it may do more than it must: GRANT SELECT ON *.*'],
  [alsoGranted('GRANT SELECT ON experience_log.* TO analysts'), 'it may do more'],
  [alsoGranted('GRANT SELECT ON `experience_log`.generations TO analysts'), 'it may do more'],
  [alsoGranted('GRANT SELECT, INSERT ON experience_log.events TO analysts'), 'it may do more'],
  [alsoGranted('GRANT SELECT ON experience_log.events TO analysts WITH GRANT OPTION'), 'it may do more'],
  [alsoGranted('GRANT readers TO analysts'), 'it may do more'],
  [alsoGranted('GRANT URL ON *.* TO analysts'), 'it may do more'],
  [{ settings: { answer: settings.slice(1) } }, 'settings that the server does not know: '],
  [{ settings: others('readonly', { value: '0' }) }, 'its settings that have another value than they must: readonly'],
  [
    { settings: others('use_query_condition_cache', { readonly: 0 }) },
    'settings that it may change: use_query_condition_cache',
  ],
  [{ settings: others('max_memory_usage', { max: null }) }, 'its settings without an upper bound: max_memory_usage'],
  [{ tenant: { answer: '*' } }, 'without a tenant it has one'],
  [{ tenant: { refused: 'UNKNOWN_SETTING (code 115)' } }, 'custom_settings_prefixes'],
  [{ seen: { answer: ['outcomes'] } }, 'without a tenant it sees rows of outcomes'],
  [{ systemTables: { answer: ['query_log'] } }, 'it reads system.query_log'],
  [
    { question: { refused: 'READONLY (code 164)' } },
    'a statement as the service sends it: refused with READONLY (code 164)',
  ],
])('is no wall: %j', (change, fault) => {
  const { unsafe } = judgeWall(DATABASE, door, { ...well, ...change })
  expect(unsafe).toHaveLength(1)
  expect(unsafe[0]).toContain(fault)
})

test('a user who is not let in is told of once', () => {
  const refused = { refused: 'AUTHENTICATION_FAILED (code 516)' }
  const facts = { ...well, grants: refused, settings: refused, tenant: refused, seen: refused, question: refused }
  expect(judgeWall(DATABASE, door, facts).unsafe).toEqual([
    'the user analysts is refused with AUTHENTICATION_FAILED (code 516)',
  ])
})

test('grants that lack keep nobody out: they are told of', () => {
  const grants = {
    answer: doorGrants()
      .slice(1)
      .map((grant) => `GRANT SELECT ON ${DATABASE}.${grantedName(grant)} TO analysts`),
  }
  expect(judgeWall(DATABASE, door, { ...well, grants })).toEqual({
    unsafe: [],
    lacking: ['it lacks SELECT on experience_log.events'],
  })
  const { lacking } = judgeWall(DATABASE, door, { ...well, grants: { answer: [] } })
  expect(lacking).toEqual([
    expect.stringMatching(/^it lacks SELECT on experience_log\.events, .*experience_log\.dead_letters_\*$/),
  ])
})
