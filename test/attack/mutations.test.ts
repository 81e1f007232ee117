import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { Random } from '../conformance/random.ts'
import { attacks } from './attack-statements.ts'
import { FOREIGN, mine, statement, storeWith, theirs, type Answer } from './attack-stores.ts'
import { mutated } from './mutate-statement.ts'

/** Set by `npm run test:attack -- --mutations N --seed S`, which also wants a report. */
const mutations = Number(process.env['ATTACK_MUTATIONS'] ?? '300')
const seed = Number(process.env['ATTACK_SEED'] ?? '1')
const report = process.env['ATTACK_REPORT']

/** Those that only cost time say nothing in other words. */
const statements = attacks.filter(({ kind }) => kind !== 'exhaustion').map(({ sql }) => sql)

/** What an answer says: rows and types, or that there is none. Columns are called as the statement says them. */
function meaning({ status, text }: Answer): unknown {
  if (status !== 200) return status
  const { columns, rows } = JSON.parse(text) as { columns: { type: string }[]; rows: unknown[] }
  return { types: columns.map(({ type }) => type), rows }
}

test('no mutation of a statement tells the stores apart, and what only says it otherwise is answered the same', async () => {
  const random = new Random(seed)
  const begun = performance.now()
  const alone = await storeWith(mine)
  const beside = await storeWith([...mine, ...theirs])
  const expected = new Map<string, Answer>()
  for (const sql of statements) expected.set(sql, await alone.http(statement(sql)))
  // Most of the list is refused: half of the mutations are of what is answered.
  const answered = statements.filter((sql) => expected.get(sql)!.status === 200)
  const problems: { problem: string; sql: string; of: string }[] = []
  const counts = { same: 0, answered: 0, same_answered: 0 }
  for (let done = 0; done < mutations; done++) {
    const of = random.pick(random.oneIn(2) ? statements : answered)
    const { sql, isSame } = mutated(of, statements, random)
    const [one, two] = [await alone.http(statement(sql)), await beside.http(statement(sql))]
    const tell = (problem: string): void => void problems.push({ problem, sql, of })
    if (JSON.stringify(one) !== JSON.stringify(two)) tell('the stores answer differently')
    if (one.status !== 200 && one.status !== 400) tell(`status ${one.status}`)
    if (FOREIGN.test(two.text) && !FOREIGN.test(sql)) tell('the answer holds what is not the tenant’s')
    if (one.status === 200) counts.answered++
    if (!isSame) continue
    counts.same++
    if (one.status === 200) counts.same_answered++
    const wanted = await alone.http(statement(of))
    if (JSON.stringify(meaning(one)) !== JSON.stringify(meaning(wanted)))
      tell('said otherwise, it is answered otherwise')
  }
  if (existsSync('/tmp/attack')) problems.push({ problem: 'a file was written', sql: '', of: '' })
  const seconds = Math.round((performance.now() - begun) / 1000)
  if (report !== undefined) await writeFile(report, JSON.stringify({ seed, mutations, ...counts, seconds, problems }))
  expect(problems).toEqual([])
  if (mutations >= 300)
    expect(Math.min(counts.same_answered, counts.answered - counts.same_answered)).toBeGreaterThan(mutations / 30)
})
