import { expect, test } from 'vitest'
import { exclusively } from '../../../../operations/rebuild/exclusively.ts'
import { offset } from '../../../../base/position.ts'
import type { EventLog } from '../../../../log/event-log.ts'
import type { BatchHandler, GroupConsumer, PartitionClaim } from '../../../../log/group-consumer.ts'
import { TenantTopics } from '../../../../log/tenant-topics.ts'

const topics = new TenantTopics()
const batch = {
  topic: topics.operationsTopic,
  partition: 0,
  first: offset(0),
  next: offset(1),
  records: [],
}

/** A log whose groups have so many members, one answer a question, and whose commits are answered so. */
function logOf(members: number[], commits: ('committed' | 'fenced')[]): EventLog {
  const claim: PartitionClaim = {
    topic: batch.topic,
    partition: 0,
    committed: null,
    topicPartitions: 1,
    commit: async () => commits.shift() ?? 'committed',
  }
  const consumer = (): GroupConsumer => ({
    run: async (handler: BatchHandler) => handler([{ batch, claim }])[0],
    stop: async () => {},
  })
  return { groupMembers: async () => members.shift() ?? 0, consumer } as Partial<EventLog> as EventLog
}

function partsOf(log: EventLog, deadMemberMs = 0, stopped = new AbortController().signal) {
  return {
    log,
    topics,
    deadMemberMs,
    stopped,
    onWait: () => {},
  }
}

test('answers as the work does, and fails as it does', async () => {
  expect(await exclusively(partsOf(logOf([], [])), async () => 'done')).toBe('done')
  await expect(
    exclusively(partsOf(logOf([], [])), async () => {
      throw new Error('the work failed')
    }),
  ).rejects.toThrow('the work failed')
})

test('waits for a member that may have died, and refuses where it stays', async () => {
  expect(await exclusively(partsOf(logOf([1, 1], []), 10_000), async () => 'done')).toBe('done')
  await expect(exclusively(partsOf(logOf([1, 1, 1], [])), async () => 'done')).rejects.toMatchObject({
    code: 'Unavailable',
  })
})

test('begins again where its partition was lost', async () => {
  const done: string[] = []
  const result = await exclusively(partsOf(logOf([], ['committed', 'fenced'])), async (check) => {
    done.push('begun')
    await check()
    await check()
    return 'done'
  })
  expect(result).toBe('done')
  expect(done).toEqual(['begun', 'begun'])
})

test('begins nothing when it was stopped before', async () => {
  await expect(
    exclusively(partsOf(logOf([1], []), 10_000, AbortSignal.abort()), async () => 'done'),
  ).rejects.toMatchObject({ code: 'Interrupted' })
})
