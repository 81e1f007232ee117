import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { KafkaBroker } from '../../../log/kafka/client/kafka-broker.ts'
import { GroupCommits } from '../../../log/kafka/consume/group-commits.ts'

const NOT_COORDINATOR = 16
const UNKNOWN_TOPIC = 3

interface Asked {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number }[] }[]
}

/** Commits to a coordinator that answers each request with a code for each topic, 0 where none is given. */
function commitsTo(answers: readonly Readonly<Record<string, number>>[]): {
  readonly commits: GroupCommits
  readonly asked: string[][]
} {
  const asked: string[][] = []
  const offsetCommit = async ({ topics }: Asked) => {
    const codes = answers[Math.min(asked.length, answers.length - 1)]!
    asked.push(topics.map(({ topic }) => topic))
    return {
      responses: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode: codes[topic] ?? 0 })),
      })),
    }
  }
  const coordinator = { offsetCommit, connectionPool: {} } as unknown as KafkaBroker
  const commits = new GroupCommits({
    identity: { groupId: 'g', memberId: 'm', groupGenerationId: 1 },
    ask: (request) => request(coordinator),
    asking: { brokers: [] },
    unanswered: null,
  })
  return { commits, asked }
}

function commitOf(topic: string) {
  return { topic, partition: 0, offset: offset(1), metadata: '' }
}

test('sends what is committed together in one request', async () => {
  const { commits, asked } = commitsTo([{}])
  expect(await Promise.all(['a', 'b', 'c'].map((topic) => commits.commit(commitOf(topic))))).toEqual([
    'committed',
    'committed',
    'committed',
  ])
  expect(asked).toEqual([['a', 'b', 'c']])
})

test('asks again and again while the coordinator is another', async () => {
  const notYet = { a: NOT_COORDINATOR, b: NOT_COORDINATOR }
  const { commits, asked } = commitsTo([notYet, notYet, notYet, {}])
  expect(await Promise.all([commits.commit(commitOf('a')), commits.commit(commitOf('b'))])).toEqual([
    'committed',
    'committed',
  ])
  expect(asked).toHaveLength(4)
})

test('asks once more for a topic that is not known, and does not hold up the others for longer', async () => {
  const { commits, asked } = commitsTo([{ gone: UNKNOWN_TOPIC }])
  const [there, gone] = await Promise.allSettled([commits.commit(commitOf('there')), commits.commit(commitOf('gone'))])
  expect(there).toEqual({ status: 'fulfilled', value: 'committed' })
  expect(gone).toMatchObject({ status: 'rejected', reason: { code: 'Unavailable' } })
  expect(asked).toHaveLength(2)
})
