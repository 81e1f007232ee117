import { createHash } from 'node:crypto'
import kafkajs from 'kafkajs'
import { ByteWriter } from '../format/byte-writer.ts'
import { ProtocolReader } from '../format/protocol-reader.ts'
import type { Deal } from './deal-slots.ts'
import { SLOTS } from './slots.ts'

const { MemberAssignment } = kafkajs.AssignerProtocol

/**
 * A protocol of the type that Kafka's own consumers have, so that its tools can describe our groups. Members of one that is named
 * otherwise cannot be in the same group: they would read the same partitions.
 */
export const PROTOCOL_NAME = 'experience-log-slots'

/**
 * What a member tells the group: a version, and no list of topics. Kafka lets the offsets of topics that no member subscribes to
 * expire, in a group that is alive as well (KIP-496), unless it cannot read a subscription: then it takes none of them for unused.
 * An empty list would be read; to name all topics takes more than a group's record holds.
 */
export const SUBSCRIPTION = Buffer.from([0, 0])

const MEMBER_BYTES = 8

/** A member in a deal: each of them is told all of it, and ids are long. */
export function memberTag(memberId: string): string {
  return createHash('sha256')
    .update(memberId)
    .digest('hex')
    .slice(0, 2 * MEMBER_BYTES)
}

/**
 * What each member is assigned: no partition by name, and the whole deal beside it, so that whoever leads the group next knows the one
 * before:
 *
 *     deal = count:i16 member:8{count} owner:i16{SLOTS}
 */
export function encodeDeal({ members, owners }: Deal): Buffer {
  const writer = new ByteWriter(2 + members.length * MEMBER_BYTES + 2 * owners.length)
  writer.int16(members.length)
  for (const member of members) writer.int64(BigInt.asIntN(64, BigInt(`0x${member}`)))
  for (const owner of owners) writer.int16(owner)
  return MemberAssignment.encode({ version: 0, assignment: {}, userData: writer.written })
}

/** Of a member that the leader gave nothing, nobody has anything. */
export function decodeDeal(assignment: Buffer): Deal {
  const userData = MemberAssignment.decode(assignment)?.userData ?? Buffer.alloc(0)
  if (userData.length === 0) return { members: [], owners: [] }
  const reader = new ProtocolReader(userData)
  const tag = (): string =>
    BigInt.asUintN(64, reader.int64())
      .toString(16)
      .padStart(2 * MEMBER_BYTES, '0')
  const members = Array.from({ length: reader.int16() }, tag)
  return { members, owners: Array.from({ length: SLOTS }, () => reader.int16()) }
}
