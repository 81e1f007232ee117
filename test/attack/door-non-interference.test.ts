import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mine, storeWith, theirs, type Answer, type Sent } from './attack-stores.ts'
import { doorAttacks, type DoorAttack } from './door-attacks.ts'

function sent({ sql, url = {}, headers = {} }: DoorAttack, forAll = false): Sent {
  const path = `/?${new URLSearchParams({ query_id: 'asked', ...url }).toString()}`
  return { path, init: { method: 'POST', body: sql, headers }, forAll }
}

/** Characters of an answer that are shown where it differs. */
const SHOWN = 400

test('no request of a tenant to the door for clients of ClickHouse tells whether others have events in the same store', async () => {
  const alone = await storeWith(mine)
  const expected: Answer[] = []
  for (const attack of doorAttacks) expected.push(await alone.clickhouse(sent(attack)))
  const beside = await storeWith([...mine, ...theirs])
  const found: [attack: DoorAttack, alone: string, beside: string][] = []
  for (const [place, attack] of doorAttacks.entries()) {
    // Somebody else has a session of that name.
    if (attack.kind === 'sessions') await beside.clickhouse(sent(attack, true))
    const answer = await beside.clickhouse(sent(attack))
    expect([attack.sql, answer.text]).toEqual([
      attack.sql,
      expect.not.stringMatching(/RIVAL-\d|rival-chain"|root:|rows_before_limit_at_least": /),
    ])
    const [told, other] = [JSON.stringify(expected[place]), JSON.stringify(answer)]
    if (told !== other) found.push([attack, told.slice(-SHOWN), other.slice(-SHOWN)])
  }
  expect(found).toEqual([])

  const statuses = expected.map(({ status }) => status)
  expect(doorAttacks.length).toBeGreaterThan(1000)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(300)
  // Nothing that is asked is the server's fault.
  const faults = doorAttacks.filter((_, place) => statuses[place]! >= 500).map(({ sql, url }) => [sql, url])
  expect(faults).toEqual([])
  expect(existsSync('/tmp/attack')).toBe(false)
})
