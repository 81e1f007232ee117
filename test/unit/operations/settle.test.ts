import { expect, test } from 'vitest'
import { deadLetterRequest } from '../../../consumers/dead-letters/dead-letter-record.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { settleDeadLetters } from '../../../operations/dead-letters/settle.ts'
import { readSettings } from '../../../service/settings.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { badRecord } from '../consumers/dead-letters/bad-records.ts'

test('who leaves letters that are being settled lets go of the log', async () => {
  const directory = await temporaryDirectory()
  const opened = await openLog(readSettings({ EXPERIENCE_LOG_DATA: directory.path }))
  const { log, topics } = opened
  await log.append([1, 2, 3].map((at) => deadLetterRequest(badRecord(at), topics, true)))
  let reading = 0
  const watched: Partial<EventLog> = {
    offsets: (names) => log.offsets(names),
    topics: (prefix) => log.topics(prefix),
    read: async function* (ranges) {
      reading++
      try {
        yield* log.read(ranges)
      } finally {
        reading--
      }
    },
  }
  const all = { tenant: null, reason: null, state: 'open' } as const
  const refused = { kind: 'refused', reason: 'Invalid', field: null, message: 'it still is none' } as const
  const parts = { log: watched as EventLog, topics }
  for await (const each of settleDeadLetters(parts, all, async () => refused, new AbortController().signal)) {
    expect([each.kind, reading]).toEqual(['refused', 1])
    break
  }
  expect(reading).toBe(0)
  await opened.close()
  await directory.remove()
})
