import { afterAll, beforeAll, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { LmdbChanges } from '../../../log/embedded/lmdb-changes.ts'
import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { LmdbTopics } from '../../../log/embedded/lmdb-topics.ts'
import { LmdbWatch } from '../../../log/embedded/lmdb-watch.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { LmdbTables } from '../../../log/embedded/lmdb-tables.ts'
import { countedCalls } from '../../counted-calls.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { randomPrefix, request } from './event-log-fixture.ts'

/** Two sets of tables of one directory, as two processes have them. */
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let ours: LmdbTables
let theirs: LmdbEventLog
let theirTables: LmdbTables

beforeAll(async () => {
  directory = await temporaryDirectory()
  ours = await openLmdb(directory.path)
  theirTables = await openLmdb(directory.path)
  theirs = new LmdbEventLog(theirTables)
})
afterAll(async () => {
  await Promise.all([ours.close(), theirTables.close()])
  await directory.remove()
})

function watch(prefix: string, tables = ours): LmdbWatch {
  return new LmdbWatch({
    topics: new LmdbTopics(tables, 1),
    changes: new LmdbChanges(tables),
    refresh: () => tables.refresh(),
    ownAppends: () => 0,
    isWatched: (topic) => topic.startsWith(prefix),
  })
}

function topicsOf(found: ReturnType<LmdbWatch['partitions']>): object | null {
  return found === null ? null : { areAll: found.areAll, topics: found.readers.map(({ partition }) => partition.topic) }
}

test('finds which partitions others appended to', async () => {
  const prefix = randomPrefix()
  await theirs.append(['a', 'b'].map((name) => request(prefix + name, 'key')))
  const seen = watch(prefix)
  const ids = new Map(seen.partitions()?.readers.map(({ partition, id }) => [partition.topic, id]))
  expect(seen.grownElsewhere()).toEqual(new Set())
  await theirs.append([request(`${prefix}b`, 'key')])
  expect(seen.grownElsewhere()).toEqual(new Set([ids.get(`${prefix}b`)]))
  expect(seen.grownElsewhere()).toEqual(new Set())
})

test('does not know which, where that is long ago or was written by a release that does not tell', async () => {
  const prefix = randomPrefix()
  const seen = watch(prefix)
  for (let times = 0; times < 1001; times++) await theirs.append([request(`${prefix}a`, 'key')])
  expect(seen.grownElsewhere()).toBe('any')
  await theirs.append([request(`${prefix}a`, 'key')])
  await theirTables.transaction(() => theirTables.changes.removeSync(theirTables.counters.get('appends')!))
  expect(seen.grownElsewhere()).toBe('any')
})

test('finds topics that are new, and all where one has gone', async () => {
  const prefix = randomPrefix()
  const append = (name: string) => theirs.append([request(prefix + name, 'key')])
  await append('a')
  const seen = watch(prefix)
  expect(topicsOf(seen.partitions())).toEqual({ areAll: true, topics: [`${prefix}a`] })
  await append('a')
  expect(seen.partitions()).toBeNull()
  for (const name of ['b', 'c']) await append(name)
  await theirs.append([request(randomPrefix(), 'key')])
  expect(topicsOf(seen.partitions())).toEqual({ areAll: false, topics: [`${prefix}b`, `${prefix}c`] })
  await theirs.deleteTopics([`${prefix}b`])
  expect(topicsOf(seen.partitions())).toEqual({ areAll: true, topics: [`${prefix}a`, `${prefix}c`] })
  await append('d')
  await theirs.deleteTopics([`${prefix}d`])
  await append('d')
  expect(topicsOf(seen.partitions())).toEqual({
    areAll: true,
    topics: ['a', 'c', 'd'].map((name) => prefix + name),
  })
})

test('looks at what has changed, among a thousand topics too', async () => {
  const prefix = randomPrefix()
  await theirs.append(Array.from({ length: 1000 }, (_, index) => request(`${prefix}${index}`, 'key')))
  const heads = countedCalls(ours.heads)
  const topics = countedCalls(ours.topics)
  const follower = await new LmdbEventLog({ ...ours, heads: heads.of, topics: topics.of }).follow({
    topics: { topicPrefix: prefix },
    discoveryMs: 0,
    begin: ({ next }) => next,
    end: () => {},
  })
  const first = follower.next()
  await theirs.append([request(`${prefix}7`, 'key')])
  expect(await first).toMatchObject({ topic: `${prefix}7`, first: offset(1) })
  const before = heads.calls('get') + topics.calls('get')
  await theirs.append([request(`${prefix}8`, 'key')])
  expect(await follower.next()).toMatchObject({ topic: `${prefix}8`, first: offset(1) })
  await theirs.append([request(`${prefix}new`, 'key'), request(`${prefix}new`, 'key')])
  const found = follower.next()
  await theirs.append([request(`${prefix}new`, 'key')])
  expect(await found).toMatchObject({ topic: `${prefix}new` })
  expect(heads.calls('get') + topics.calls('get') - before).toBeLessThan(50)
  await follower.close()
})
