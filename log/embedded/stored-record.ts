import { allocateRecord } from '../../schemas/allocate-record.ts'
import type { Offset, TopicPartition } from '../../base/position.ts'
import type { LogRecord, StoredRecord } from '../record.ts'
import { SEQUENCE_HEADER, sequenceOf } from '../record-headers.ts'

const PARTITION_KEY_BYTES = 6

/** A partition's key: topic id (4 bytes) and partition (2), so that the records of a partition lie together. */
export function partitionKey(topicId: number, partition: number): Buffer {
  const key = Buffer.allocUnsafe(PARTITION_KEY_BYTES)
  key.writeUInt32BE(topicId, 0)
  key.writeUInt16BE(partition, 4)
  return key
}

/** The ids of partitions whose keys follow each other. */
export function* partitionIds(keys: Buffer): Generator<string> {
  for (let at = 0; at < keys.length; at += PARTITION_KEY_BYTES)
    yield keys.toString('latin1', at, at + PARTITION_KEY_BYTES)
}

export function topicIdOf(partition: Buffer): number {
  return partition.readUInt32BE(0)
}

/** A record's key: its partition's, and the offset (8 bytes, big-endian, so that they sort). */
export function recordKey(partition: Buffer, offset: bigint): Buffer {
  const key = Buffer.allocUnsafe(14)
  partition.copy(key)
  key.writeBigUInt64BE(offset, 6)
  return key
}

/** Lies behind the keys of all records of a partition. */
export function endOfRecords(partition: Buffer): Buffer {
  return Buffer.concat([partition, Buffer.alloc(9, 0xff)])
}

export function offsetOfKey(key: Buffer): Offset {
  return key.readBigUInt64BE(6) as Offset
}

/** Where a partition ends: the next offset, and the bytes of all its records. */
export interface Head {
  readonly next: Offset
  readonly bytes: number
}

export const EMPTY_HEAD: Head = { next: 0n as Offset, bytes: 0 }

export function encodeHead(head: Head): Buffer {
  const buffer = Buffer.allocUnsafe(16)
  buffer.writeBigUInt64BE(head.next, 0)
  buffer.writeDoubleBE(head.bytes, 8)
  return buffer
}

export function decodeHead(buffer: Buffer | undefined): Head {
  return buffer === undefined
    ? EMPTY_HEAD
    : { next: buffer.readBigUInt64BE(0) as Offset, bytes: buffer.readDoubleBE(8) }
}

/*
 * A stored record: bytes of the partition before it (8) | timestamp (8) | key length (4) | headers (2) |
 * key | for each header: name length (4), name, value length (4), value | value.
 * The first field lets a consumer tell, without reading, how many bytes wait for it. The highest bit of the key length says
 * that the record has no value.
 */
const FIXED_BYTES = 22
const NO_VALUE = 0x80_00_00_00

/** The stored form of a record, but for `setBytesBefore`, which is known only inside the transaction. */
export function encodeRecord({ key, value, headers, timestamp }: LogRecord): Buffer {
  const names = Object.keys(headers)
  const keyLength = Buffer.byteLength(key)
  let size = FIXED_BYTES + keyLength + (value?.byteLength ?? 0)
  for (const name of names) size += 8 + Buffer.byteLength(name) + Buffer.byteLength(headers[name]!)

  const buffer = allocateRecord(size)
  buffer.writeDoubleBE(timestamp, 8)
  buffer.writeUInt32BE(value === null ? keyLength + NO_VALUE : keyLength, 16)
  buffer.writeUInt16BE(names.length, 20)
  let at = FIXED_BYTES + buffer.write(key, FIXED_BYTES)
  for (const name of names) {
    at = writeText(buffer, name, at)
    at = writeText(buffer, headers[name]!, at)
  }
  if (value !== null) buffer.set(value, at)
  return buffer
}

function writeText(buffer: Buffer, text: string, at: number): number {
  const length = buffer.write(text, at + 4)
  buffer.writeUInt32BE(length, at)
  return at + 4 + length
}

export function setBytesBefore(stored: Buffer, bytes: number): void {
  return void stored.writeDoubleBE(bytes, 0)
}

export function bytesBefore(stored: Buffer): number {
  return stored.readDoubleBE(0)
}

export function timestampOf(stored: Buffer): number {
  return stored.readDoubleBE(8)
}

export function decodeRecord(stored: Buffer, { topic, partition }: TopicPartition, offset: Offset): StoredRecord {
  const keyField = stored.readUInt32BE(16)
  const hasValue = keyField < NO_VALUE
  const keyEnd = FIXED_BYTES + (hasValue ? keyField : keyField - NO_VALUE)
  const headers: [string, string][] = []
  let at = keyEnd
  const readText = (): string => {
    const start = at + 4
    at = start + stored.readUInt32BE(at)
    return stored.toString('utf8', start, at)
  }
  for (let left = stored.readUInt16BE(20); left > 0; left--) {
    const name = readText()
    headers.push([name, readText()])
  }
  const named = Object.fromEntries(headers)
  const key = stored.toString('utf8', FIXED_BYTES, keyEnd)
  const value = hasValue ? stored.subarray(at) : null
  return {
    topic,
    partition,
    offset,
    key,
    value,
    headers: named,
    timestamp: timestampOf(stored),
    sequence: sequenceOf(named[SEQUENCE_HEADER]),
  }
}
