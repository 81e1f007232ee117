import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm, symlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { LmdbTables } from '../../../log/embedded/lmdb-tables.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { readTopics, request, textsOf } from './event-log-fixture.ts'

/** A child that blocks does so for ever; one that does not takes a second. */
const HANG_MS = 60_000

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

async function append(tables: LmdbTables, text: string): Promise<void> {
  await new LmdbEventLog(tables).append([request('topic', 'key', text)])
}

function textsIn(tables: LmdbTables): Promise<string[]> {
  return readTopics(new LmdbEventLog(tables), ['topic']).then(textsOf)
}

test('a log is opened while another of the same process and directory appends, or is being closed', async () => {
  const file = fileURLToPath(new URL('lmdb-second-opener.ts', import.meta.url))
  const execArgv = ['--import', 'tsx']
  const child = fork(file, [directory.path], { execArgv, timeout: HANG_MS, killSignal: 'SIGKILL' })
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('who closes a log twice does not close it for others', async () => {
  const one = await openLmdb(directory.path)
  const other = await openLmdb(directory.path)
  await Promise.all([one.close(), one.close()])
  await append(other, 'after')
  expect(await textsIn(other)).toEqual(['after'])
  await other.close()
  await expect(append(other, 'closed')).rejects.toMatchObject({ code: 'StorageError' })
})

test('a log that is being closed is opened anew, with what was still being written', async () => {
  const one = await openLmdb(directory.path)
  const writing = one.transaction(() => one.counters.putSync('count', 1))
  const closing = one.close()
  const other = await openLmdb(directory.path)
  expect(other.records).not.toBe(one.records)
  await Promise.all([writing, closing])
  expect(other.counters.get('count')).toBe(1)
  await append(other, 'next')
  expect(await textsIn(other)).toEqual(['next'])
  await other.close()
})

test('directories of two names are one log, and of one name, one after the other, two', async () => {
  const [path, name] = [`${directory.path}/log`, `${directory.path}/name`]
  const one = await openLmdb(path)
  await symlink(path, name)
  const other = await openLmdb(name)
  expect(other.records).toBe(one.records)
  expect([one.directory, other.directory]).toEqual([path, name])
  await append(one, 'before')
  await rm(path, { recursive: true })
  const anew = await openLmdb(path)
  expect(await textsIn(anew)).toEqual([])
  expect(await textsIn(other)).toEqual(['before'])
  await Promise.all([one, other, anew].map((tables) => tables.close()))
})

test('copies of the library in one process share a log, too', async () => {
  const one = await openLmdb(directory.path)
  vi.resetModules()
  const copy = await import('../../../log/embedded/open-lmdb.ts')
  expect(copy.openLmdb).not.toBe(openLmdb)
  const other = await copy.openLmdb(directory.path)
  expect(other.records).toBe(one.records)
  await Promise.all([one.close(), other.close()])
})
