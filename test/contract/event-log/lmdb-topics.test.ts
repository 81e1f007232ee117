import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { LmdbTables } from '../../../log/embedded/lmdb-tables.ts'
import { readTopics, request, textsOf } from './event-log-fixture.ts'

const RECORDS = 5000

let directory: string
let tables: LmdbTables

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'experience-log-lmdb-'))
  tables = await openLmdb(directory)
})
afterEach(async () => {
  await tables.close()
  await rm(directory, { recursive: true, force: true })
})

function stored(): number {
  tables.refresh()
  return [...tables.records.getKeys({})].length
}

/** The tables of a process that dies after so many transactions. */
function dyingAfter(transactions: number): LmdbTables {
  let left = transactions
  return {
    ...tables,
    transaction: async (action) => {
      if (left-- <= 0) throw new Error('killed')
      return tables.transaction(action)
    },
  }
}

test('removes every record of a topic that is deleted, in several transactions, and no other record', async () => {
  const log = new LmdbEventLog(tables, { partitions: 3 })
  await log.append(Array.from({ length: RECORDS }, (_, index) => request('doomed', `key ${index}`)))
  await log.append([request('kept', 'key', 'kept')])
  expect(stored()).toBe(RECORDS + 1)
  await new LmdbEventLog(dyingAfter(100)).deleteTopics(['doomed'])
  expect(stored()).toBe(1)
  expect(textsOf(await readTopics(log, ['kept']))).toEqual(['kept'])
  tables.refresh()
  expect([...tables.heads.getKeys({})]).toHaveLength(1)
})

test.each([1, 2, 3, 4])(
  'has deleted a topic though killed after %i transactions; the next call removes the rest',
  async (count) => {
    const log = new LmdbEventLog(tables)
    await log.append(Array.from({ length: RECORDS }, () => request('doomed', 'key')))
    await log.startGroup('group', [{ topic: 'doomed', partition: 0, offset: offset(5), metadata: '' }])
    await expect(new LmdbEventLog(dyingAfter(count)).deleteTopics(['doomed'])).rejects.toThrow('killed')
    expect(stored()).toBe(Math.max(0, RECORDS - 2000 * (count - 1)))
    expect(await log.topics('')).toEqual([])
    expect(await log.offsets(['doomed'])).toEqual([])

    await log.append([request('doomed', 'key', 'new')])
    expect(textsOf(await readTopics(log, ['doomed']))).toEqual(['new'])
    expect(await log.committed('group', ['doomed'])).toEqual([])
    await log.deleteTopics(['missing'])
    expect(stored()).toBe(1)
    expect(textsOf(await readTopics(log, ['doomed']))).toEqual(['new'])
  },
)
