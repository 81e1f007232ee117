import { describe, expect, test } from 'vitest'
import { questionViews } from '../../../projections/views/question-views/question-views.ts'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { printed } from '../queries/sql/catalog.ts'

describe('views that answer questions', () => {
  test('are narrowed by columns that they share with what they read, and that cannot fail on a row', () => {
    const shared = questionViews.flatMap(({ name, columns, narrowedBy }) =>
      Object.entries(narrowedBy).flatMap(([source, names]) =>
        names.map((column) => ({ name, columns, source, column })),
      ),
    )
    expect(shared.length).toBeGreaterThan(10)
    for (const { columns, source, column } of shared) {
      expect(Object.keys(columns)).toContain(column)
      expect([source, [...(readableViews.get(source)?.comparable ?? [])]]).toEqual([
        source,
        expect.arrayContaining([column]),
      ])
    }
  })

  test.each(questionViews.map(({ name }) => name))('%s is printed over the tenant’s rows alone', (name) => {
    const sql = printed(`SELECT * FROM ${name}`)
    const tables = sql.match(/FROM `experience_log`\.`\w+`/g) ?? []
    expect(tables.length).toBeGreaterThan(0)
    const walls = sql.match(/`own:rows`\.`tenant_id` = 'acme'[^()]* LIMIT 9223372036854775807\)/g) ?? []
    expect(walls).toHaveLength(tables.length)
    expect(sql).not.toContain(`\`${name}\` AS \`own:rows\``)
  })

  test('a condition reaches the views whose rows it can leave out, and no others', () => {
    const sql = printed("SELECT passed FROM outcome_policies WHERE instant >= '2026-04-23' AND chain_id = 'c'")
    const conditionsOf = (view: string): string =>
      new RegExp(`FROM \`experience_log\`\\.\`${view}\` AS \`own:rows\` WHERE (.*?) LIMIT`).exec(sql)?.[1] ?? ''
    const tenant = "`own:rows`.`tenant_id` = 'acme'"
    expect(conditionsOf('outcomes')).toBe(
      `${tenant} AND (\`own:rows\`.\`instant\` >= '2026-04-23') AND (\`own:rows\`.\`chain_id\` = 'c')`,
    )
    expect(conditionsOf('proposals')).toBe(`${tenant} AND (\`own:rows\`.\`chain_id\` = 'c')`)
    expect(conditionsOf('policy_snapshots')).toBe(tenant)
  })
})
