import { expect, test } from 'vitest'
import { openDoor } from './door-bench.ts'
import { REPLAYS } from './replayed-statements.ts'

test('what Grafana, Metabase, Superset, DBeaver, ODBC and others send when they connect is answered', async () => {
  const { acme, database } = await openDoor()
  const refused: unknown[] = []
  for (const { tool, url, statements } of REPLAYS) {
    for (const statement of statements) {
      const query = new URLSearchParams({ ...url, database }).toString()
      const { status, text } = await acme(statement.replaceAll('OURS', database), `?${query}`)
      if (status !== 200) refused.push([tool, statement.slice(0, 200), text])
    }
  }
  expect(refused).toEqual([])
})
