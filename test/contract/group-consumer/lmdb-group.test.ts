import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LmdbGroup } from '../../../log/embedded/lmdb-group.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { LmdbTables } from '../../../log/embedded/lmdb-tables.ts'
import { until } from './group-consumer-fixture.ts'

const HOUR_MS = 3_600_000
/** Long against what a busy machine makes a renewal late. */
const LEASE_MS = 3000

let directory: string
let tables: LmdbTables

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'experience-log-lmdb-'))
  tables = await openLmdb(directory)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await tables.close()
  await rm(directory, { recursive: true, force: true })
})

const rightTime = Date.now

function setClock(differenceMs: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => rightTime() + differenceMs)
}

test('replaces an owner that hangs after a lease, though the clock was set back by hours', async () => {
  const [hung, standby] = [new LmdbGroup(tables, 'group', LEASE_MS), new LmdbGroup(tables, 'group', LEASE_MS)]
  expect(await hung.tryAcquire()).toBe(1)
  setClock(-3 * HOUR_MS)
  expect(await standby.tryAcquire()).toBe(null)
  await until(async () => (await standby.tryAcquire()) === 2)
  expect(await hung.renew(1)).toBe(false)
})

test('leaves the group to an owner that renews, though the clock was set forward and back by hours', async () => {
  const [owner, standby] = [new LmdbGroup(tables, 'group', LEASE_MS), new LmdbGroup(tables, 'group', LEASE_MS)]
  expect(await owner.tryAcquire()).toBe(1)
  for (const difference of [3 * HOUR_MS, -3 * HOUR_MS]) {
    setClock(difference)
    const end = performance.now() + 2 * LEASE_MS
    while (performance.now() < end) {
      expect(await standby.tryAcquire()).toBe(null)
      expect(await owner.renew(1)).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 10))
    }
  }
})
