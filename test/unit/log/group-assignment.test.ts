import { expect, test } from 'vitest'
import {
  dealPartitions,
  decodeAssignment,
  encodeAssignments,
  encodeSubscription,
} from '../../../log/kafka/consume/group-assignment.ts'

function partitions(count: number) {
  return Array.from({ length: count }, (_, partition) => ({ partition, leader: 1 }))
}

function assign(members: Record<string, string[]>, topics: Record<string, number>) {
  const group = Object.entries(members).map(([memberId, names]) => ({
    memberId,
    memberMetadata: encodeSubscription(names),
  }))
  const metadata = {
    topics: new Map(Object.entries(topics).map(([topic, count]) => [topic, partitions(count)])),
  }
  return Object.fromEntries(
    encodeAssignments(dealPartitions(group, metadata)).map(({ memberId, memberAssignment }) => [
      memberId,
      decodeAssignment(memberAssignment).map(({ topic, partition }) => `${topic}/${partition}`),
    ]),
  )
}

test('deals the partitions evenly, each to one member', () => {
  const dealt = assign({ one: ['a', 'b'], two: ['a', 'b'] }, { a: 3, b: 3, other: 2 })
  expect(Object.values(dealt).map((each) => each.length)).toEqual([3, 3])
  expect(Object.values(dealt).flat().toSorted()).toEqual(['a/0', 'a/1', 'a/2', 'b/0', 'b/1', 'b/2'])
})

test('deals a topic that one member knew also to the others', () => {
  expect(assign({ one: [], two: ['a', 'b'] }, { a: 1, b: 3 })).toEqual({ one: ['a/0', 'b/1'], two: ['b/0', 'b/2'] })
})

test('gives nothing to a member that nothing is left for', () => {
  expect(assign({ one: ['a'], two: ['a'] }, { a: 1 })).toEqual({ one: ['a/0'], two: [] })
})
