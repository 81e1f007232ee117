import { expect, test } from 'vitest'
import { dropDuplicates } from '../../../consumers/drop-duplicates.ts'
import { digestKey } from '../../../projections/events/stored-copies.ts'
import { eventRow } from '../../../projections/events/event-row.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { outcome } from '../../integration/test-events.ts'
import { loggedEvent } from '../projections/logged-events.ts'

const rowOf = (event_id: string, tokens: bigint) =>
  eventRow(loggedEvent(parseEnvelope(outcome({ event_id, tenant_id: 'a' }, { tokens }))))

test('keeps the first of equal events, and all that share an id only', async () => {
  const rows = [rowOf('a', 1n), rowOf('a', 2n), rowOf('a', 1n), rowOf('b', 1n), rowOf('b', 1n)]
  expect(await dropDuplicates(rows, async () => [])).toEqual([rows[0], rows[1], rows[3]])
})

test('drops what is known', async () => {
  const rows = [rowOf('a', 1n), rowOf('b', 1n)]
  expect(
    await dropDuplicates(rows, async () => [{ digest: digestKey(rows[0]!.digest), partition: 0, offset: 0n }]),
  ).toEqual([rows[1]])
})

test('asks for nothing where there is nothing', async () => {
  expect(
    await dropDuplicates([], async (asked) =>
      asked.map(({ digest }) => ({ digest: digestKey(digest), partition: 0, offset: 0n })),
    ),
  ).toEqual([])
})
