import { expect, test } from 'vitest'
import { foreignStatement } from '../../../../projections/clickhouse/foreign-statement.ts'
import { doorSettings } from '../../../../projections/sql-door/door-settings.ts'
import { sealedTenant, sealKey, TENANT_SETTING } from '../../../../projections/sql-door/tenant-seal.ts'
import { judgeSettings } from '../../../../service/clickhouse-door/request/judge-settings.ts'
import { readSettings } from '../../../../service/settings.ts'
import { sqlDoorOf } from '../../../../service/sql/sql-door-of.ts'

const door = sqlDoorOf(
  readSettings({
    CLICKHOUSE_URL: 'http://writer@clickhouse.example',
    CLICKHOUSE_SQL_USERNAME: 'analysts',
    CLICKHOUSE_SQL_PASSWORD: 'a password that nobody types',
  }),
)!
const settings = new Map(doorSettings(door).map((setting) => [setting.name, setting]))

test.each(['one', 'error', 'none'] as const)(
  'a statement with more = %s sets nothing that its user may not',
  (more) => {
    const tenant = { kind: 'one', tenant: 'acme' } as const
    const { engine } = judgeSettings(
      [
        { name: 'join_use_nulls', value: '1', at: 0 },
        { name: 'date_time_output_format', value: 'iso', at: 0 },
      ],
      { ...door.limits, more },
    )
    const question = { sql: 'SELECT 1', format: 'Native', tenant, settings: engine, limits: { ...door.limits, more } }
    const sent = foreignStatement(question, 'server', {
      [TENANT_SETTING]: sealedTenant(sealKey(door.password), tenant),
    })
    const list = / SETTINGS (.*) FORMAT Native$/
      .exec(sent)![1]!
      .split(', ')
      .map((each) => each.split(' = ') as [string, string])
    expect(list.length).toBeGreaterThan(10)
    for (const [name, text] of list) {
      const setting = settings.get(name)
      const value = text.replaceAll("'", '')
      expect({ name, isThere: setting !== undefined }).toEqual({ name, isThere: true })
      if (setting!.isConstant) expect({ name, value }).toEqual({ name, value: String(setting!.value) })
      const [least, most] = setting!.bounds ?? [-Infinity, Infinity]
      if (setting!.bounds !== undefined)
        expect(Number(value)).toSatisfy((number: number) => number >= least && number <= most)
    }
  },
)

test('each setting stands once', () => {
  expect(doorSettings(door)).toHaveLength(settings.size)
})

test('seals differ by tenant and password, and none is for nobody', () => {
  const key = sealKey(door.password)
  const seals = [
    sealedTenant(key, { kind: 'all' }),
    sealedTenant(key, { kind: 'one', tenant: 'acme' }),
    sealedTenant(key, { kind: 'one', tenant: '*' }),
    sealedTenant(sealKey('another password, as long'), { kind: 'all' }),
  ].map((value) => value.slice(0, 64))
  expect(new Set(seals).size).toBe(4)
  expect(sealedTenant(key, { kind: 'none' })).toBe('')
})
