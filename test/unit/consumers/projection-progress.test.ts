import { describe, expect, test } from 'vitest'
import { ProjectionProgress, upToHeld } from '../../../consumers/projection-progress.ts'
import { offset } from '../../../base/position.ts'
import type { EventLog, PartitionOffsets } from '../../../log/event-log.ts'
import type { CommittedOffset } from '../../../log/group-consumer.ts'
import { TenantTopics } from '../../../log/tenant-topics.ts'
import { ExperienceError } from '../../../base/experience-error.ts'

/** Partitions that the log holds from their beginning. */
async function offsets(topics: readonly string[]): Promise<PartitionOffsets[]> {
  return topics.flatMap((topic) =>
    Array.from({ length: 20 }, (_, partition) => ({ topic, partition, earliest: offset(0), next: offset(10) })),
  )
}

/** A log that is asked for commits, one answer after the other; the last stays. */
function progressOf(...answers: (number | Error)[]): ProjectionProgress {
  let asked = 0
  const committed = async (): Promise<CommittedOffset[]> => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!
    if (answer instanceof Error) throw answer
    return [{ topic: 't', partition: 0, offset: offset(answer), metadata: '' }]
  }
  return new ProjectionProgress(
    { committed, offsets } as Partial<EventLog> as EventLog,
    new TenantTopics(),
    async () => 'group',
  )
}
function target(next: number, partition = 0) {
  return { topic: 't', partition, next: offset(next) }
}
const notReady = new ExperienceError('Unavailable', 'the coordinator is loading')

describe('waiting', () => {
  test('ends when the targets are reached', async () => {
    await progressOf(0, 3, 10).waitFor([target(10)], 5000)
  })

  test('takes partitions that hold nothing as reached, and those without a commit as not', async () => {
    await progressOf(0).waitFor([target(0), target(0, 1)], 0)
    await expect(progressOf(10).waitFor([target(10), target(4, 1)], 0)).rejects.toMatchObject({
      code: 'Lagging',
      retryable: true,
      message: expect.stringContaining('t/1 (4 behind)') as string,
    })
  })

  test('goes on while the log is not ready, and tells of it when time is up', async () => {
    await progressOf(notReady, notReady, 10).waitFor([target(10)], 5000)
    await expect(progressOf(notReady).waitFor([target(10)], 20)).rejects.toBe(notReady)
  })

  test('ends at once with a fault that stays', async () => {
    const fault = new ExperienceError('StorageError', 'no right to read the group')
    await expect(progressOf(fault).waitFor([target(10)], 60_000)).rejects.toBe(fault)
  })

  test('ends when the check throws', async () => {
    const stopped = new Error('stopped')
    let looks = 0
    const check = (): void => {
      if (++looks > 2) throw stopped
    }
    await expect(progressOf(0).waitFor([target(10)], 60_000, { check })).rejects.toBe(stopped)
  })

  test('goes on beyond its time while it moves, if asked to', async () => {
    const slow = Array.from({ length: 8 }, (_, index) => index)
    await progressOf(...slow, 8).waitFor([target(8)], 300, { whileItMoves: true })
  })

  test('asks again only for what is behind', async () => {
    const ends: Record<string, number> = { a: 0, b: 1 }
    const asked: (readonly string[])[] = []
    const committed = async (_: string, topics: readonly string[]): Promise<CommittedOffset[]> => {
      asked.push(topics)
      ends['a'] = asked.length - 1
      return topics.map((topic) => ({ topic, partition: 0, offset: offset(ends[topic] ?? 0), metadata: '' }))
    }
    const log = { committed, offsets } as Partial<EventLog> as EventLog
    const progress = new ProjectionProgress(log, new TenantTopics(), async () => 'group')
    const targets = [2, 1].map((next, index) => ({ topic: 'ab'[index]!, partition: 0, next: offset(next) }))
    await progress.waitFor(targets, 5000)
    expect(asked).toEqual([['a', 'b'], ['a'], ['a']])
    asked.length = 0
    await progress.reach(targets)
    expect(asked).toEqual([['a', 'b'], ['a'], ['a']])
  })

  test('answers with what is held as soon as the rest is there, and waits for it again once it is released', async () => {
    const ends: Record<string, number> = { held: 5, free: 0 }
    let heldFrom: number | null = null
    const committed = async (_: string, topics: readonly string[]): Promise<CommittedOffset[]> =>
      topics.map((topic) => ({ topic, partition: 0, offset: offset(ends[topic] ?? 0), metadata: '' }))
    const holds = {
      // Held and released by others, while it is waited for.
      refresh: async () => {
        ends['free'] = 3
        heldFrom = ends['held'] === 9 ? null : 5
      },
      heldFrom: async ({ topic }: { topic: string }) =>
        topic === 'held' && heldFrom !== null ? offset(heldFrom) : null,
    }
    const log = { committed, offsets } as Partial<EventLog> as EventLog
    const progress = new ProjectionProgress(log, new TenantTopics(), async () => 'group', holds)
    const targets = [
      { topic: 'held', partition: 0, next: offset(9) },
      { topic: 'free', partition: 0, next: offset(3) },
    ]
    const left = [{ topic: 'held', partition: 0, projectedTo: 5n, lag: 4n }]
    expect(await progress.waitFor(targets, 5000)).toMatchObject(left)
    expect(await progress.reach(targets)).toMatchObject(left)
    expect(
      upToHeld(
        targets.map((each) => ({ ...each, earliest: offset(1) })),
        await progress.reach(targets),
      ),
    ).toMatchObject([
      { topic: 'held', next: 5n },
      { topic: 'free', next: 3n },
    ])
    ends['held'] = 9
    expect(await progress.waitFor(targets, 5000)).toEqual([])
  })

  test('names ten partitions at most', async () => {
    const targets = Array.from({ length: 15 }, (_, partition) => target(1, partition + 1))
    await expect(progressOf(0).waitFor(targets, 0)).rejects.toThrow(/t\/10 \(1 behind\) and 5 more/)
  })

  test('does not wait for what the log no longer holds', async () => {
    const log = {
      committed: async () => [{ topic: 't', partition: 1, offset: offset(3), metadata: '' }],
      offsets: async () => [
        { topic: 't', partition: 0, earliest: offset(7), next: offset(7) },
        { topic: 't', partition: 1, earliest: offset(5), next: offset(9) },
      ],
    }
    const progress = new ProjectionProgress(
      log as Partial<EventLog> as EventLog,
      new TenantTopics(),
      async () => 'group',
    )
    expect(await progress.lagBehind([target(7), target(9, 1), target(4, 2)])).toEqual([
      { topic: 't', partition: 1, projectedTo: 5n, begunTo: 5n, lag: 4n },
    ])
  })
})
