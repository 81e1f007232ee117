import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import { request } from './event-log-fixture.ts'

/** Opens the log again at many moments of an append: beside who appends, or while that one closes. Ends well where all is stored. */
const ROUNDS = 200
const directory = process.argv[2] ?? ''
let tables = await openLmdb(directory)
for (let round = 0; round < ROUNDS; round++) {
  const appending = new LmdbEventLog(tables).append([request('topic', 'key')])
  // The write thread begins after a turn of the event loop or two, and needs the main one from then on.
  for (let turns = round % 4; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  // One that is closed before an append has begun refuses it.
  const closing = round % 8 > 4 ? tables.close() : null
  const second = await openLmdb(directory)
  await new LmdbEventLog(second).offsets(['topic'])
  await Promise.all([appending, closing])
  if (closing === null) await tables.close()
  tables = second
}
const [{ next } = { next: 0n }] = await new LmdbEventLog(tables).offsets(['topic'])
await tables.close()
process.exitCode = next === BigInt(ROUNDS) ? 0 : 1
