import kafkajs from 'kafkajs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDeal, encodeDeal, memberTag, SUBSCRIPTION } from '../../../log/kafka/consume/group-assignment.ts'
import { SLOTS } from '../../../log/kafka/consume/slots.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
const deal = fc
  .uniqueArray(fc.string(), { minLength: 1, maxLength: 20 })
  .chain((ids) =>
    fc
      .array(fc.nat({ max: ids.length - 1 }), { minLength: SLOTS, maxLength: SLOTS })
      .map((owners) => ({ members: ids.map(memberTag), owners })),
  )

describe('an assignment', () => {
  test('tells each member the whole deal', () => {
    fc.assert(
      fc.property(deal, (dealt) => {
        expect(decodeDeal(encodeDeal(dealt))).toEqual(dealt)
      }),
      { numRuns: 20 },
    )
  })

  test('is one that Kafka’s tools can read, and names no partition', () => {
    const bytes = encodeDeal({ members: [memberTag('one')], owners: Array<number>(SLOTS).fill(0) })
    expect(MemberAssignment.decode(bytes)).toMatchObject({ version: 0, assignment: {} })
  })

  test('that is empty gives nobody anything', () => {
    expect(decodeDeal(Buffer.alloc(0)).owners).toEqual([])
    expect(
      decodeDeal(MemberAssignment.encode({ version: 0, assignment: {}, userData: Buffer.alloc(0) })).owners,
    ).toEqual([])
  })

  test('lets two hundred members share a group’s record, of a megabyte at most', () => {
    const members = Array.from({ length: 200 }, (_, index) => memberTag(String(index)))
    const bytes = encodeDeal({ members, owners: Array<number>(SLOTS).fill(0) })
    // What Kafka keeps of each member beside it: its ids, its address and times.
    expect(members.length * (bytes.length + 300)).toBeLessThan(1_000_000)
  })
})

test('a subscription cannot be read, so that Kafka takes no topic for one that nobody subscribes to', () => {
  expect(SUBSCRIPTION.readInt16BE()).toBe(0)
  expect(() => MemberMetadata.decode(SUBSCRIPTION)).toThrow(RangeError)
})
