import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { attacks } from './attack-statements.ts'
import { FOREIGN, mine, statement, storeWith, theirs, type Answer } from './attack-stores.ts'

test('no statement of a tenant tells whether others have events in the same store', async () => {
  const alone = await storeWith(mine)
  const expected: Answer[] = []
  for (const { sql } of attacks) expected.push(await alone.http(statement(sql)))
  const beside = await storeWith([...mine, ...theirs])
  const found: { kind: string; sql: string; alone: Answer; beside: Answer }[] = []
  for (const [place, { kind, sql }] of attacks.entries()) {
    const answer = await beside.http(statement(sql))
    expect([sql, answer.text]).toEqual([sql, expect.not.stringMatching(FOREIGN)])
    if (JSON.stringify(answer) !== JSON.stringify(expected[place]))
      found.push({ kind, sql, alone: expected[place]!, beside: answer })
  }
  expect(found).toEqual([])

  // The list means something: it has enough kinds, much of it is answered, and who may see all can tell the stores apart by it.
  const statuses = expected.map(({ status }) => status)
  expect(attacks.length).toBeGreaterThan(600)
  expect(new Set(attacks.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(15)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100)
  expect(statuses.every((status) => status === 200 || status === 400)).toBe(true)
  const ofKind = (kind: string): Answer[] => expected.filter((_, place) => attacks[place]!.kind === kind)
  expect(ofKind('views of several events').filter(({ status }) => status === 200).length).toBeGreaterThan(40)
  let told = 0
  for (const [place, { kind, sql }] of attacks.entries()) {
    if (kind !== 'oracles by exception') continue
    if (JSON.stringify(await beside.http(statement(sql, true))) !== JSON.stringify(expected[place])) told++
  }
  expect(told).toBeGreaterThan(100)
  expect(existsSync('/tmp/attack')).toBe(false)
})
