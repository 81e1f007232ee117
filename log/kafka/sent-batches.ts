import type { Producer, RecordMetadata, TopicMessages, Transaction } from 'kafkajs'
import { ExperienceError } from '../../schemas/experience-error.ts'
import { partitionName } from './kafka-cluster.ts'
import { fitsBatch, type RecordChunk } from './record-chunks.ts'

const ACKS_ALL = -1
const ACK_TIMEOUT_MS = 10_000
const SEND_TRIES = 5
/** Bytes of one request; Kafka takes 100 MiB, but until the last of them is stored none is answered for. */
const REQUEST_BYTES = 8 * 1024 * 1024

/**
 * The chunks that can go in one request, where kafkajs makes one Kafka batch of all that goes to a partition: as many of the
 * first of each partition as fit in a batch.
 */
export const pickChunks = (queue: readonly RecordChunk[]): Set<RecordChunk> => {
  const picked = new Set<RecordChunk>()
  const batches = new Map<string, { bytes: number; messages: number; full: boolean }>()
  let total = 0
  for (const chunk of queue) {
    const name = partitionName(chunk)
    const batch = batches.get(name) ?? { bytes: 0, messages: 0, full: false }
    batches.set(name, batch)
    const bytes = batch.bytes + chunk.bytes
    const messages = batch.messages + chunk.messages.length
    const fits = batch.messages === 0 || fitsBatch(bytes, messages, chunk.maxBytes)
    batch.full ||= !fits
    if (batch.full) continue
    if (total > 0 && total + chunk.bytes > REQUEST_BYTES) break
    Object.assign(batch, { bytes, messages })
    total += chunk.bytes
    picked.add(chunk)
  }
  return picked
}

/** Appends that go together in one transaction: all are stored or none, which is right for each of them. */
export const pickAppends = (queue: readonly (readonly RecordChunk[])[]): Set<readonly RecordChunk[]> => {
  const picked = new Set<readonly RecordChunk[]>()
  let total = 0
  for (const chunks of queue) {
    for (const { bytes } of chunks) total += bytes
    if (picked.size > 0 && total > REQUEST_BYTES) break
    picked.add(chunks)
  }
  return picked
}

/** Bases of Kafka's answer by partition. Only what was stored, and where, is in it. */
const baseOffsets = (answers: readonly RecordMetadata[]): Map<string, bigint> => {
  const bases = new Map<string, bigint>()
  for (const { topicName, partition, errorCode, baseOffset } of answers) {
    const base = BigInt(baseOffset ?? -1)
    // -1 would stand for "stored before, at an offset that is no longer known".
    if (errorCode === 0 && base >= 0n) bases.set(partitionName({ topic: topicName, partition }), base)
  }
  return bases
}

const messagesByTopic = (chunks: readonly RecordChunk[]): TopicMessages[] => {
  const topics = new Map<string, TopicMessages>()
  for (const { topic, messages } of chunks) {
    const entry = topics.get(topic)
    if (entry === undefined) topics.set(topic, { topic, messages: [...messages] })
    else for (const message of messages) entry.messages.push(message)
  }
  return [...topics.values()]
}

/**
 * Sends chunks of one request, and answers with the offset of each chunk's first record, once Kafka has answered for every
 * partition. kafkajs resolves without a word of a partition whose leader moved, between its tries, to a broker that has
 * answered for others: it has not sent that partition's batch again, but the old leader may have stored it. Sending the same
 * batch once more is safe: it goes under the same sequence numbers, so that Kafka stores it at most once.
 */
export const sendChunks = async (
  sender: Pick<Producer, 'sendBatch'>,
  chunks: readonly RecordChunk[],
): Promise<bigint[]> => {
  const next = new Map<string, bigint>()
  let left = chunks
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === SEND_TRIES) {
      throw new ExperienceError('Unavailable', 'Kafka did not say whether it stored the records: try again later')
    }
    const topicMessages = messagesByTopic(left)
    const answers = await sender.sendBatch({ acks: ACKS_ALL, timeout: ACK_TIMEOUT_MS, topicMessages })
    for (const [name, base] of baseOffsets(answers)) next.set(name, base)
    left = left.filter((chunk) => !next.has(partitionName(chunk)))
  }
  return chunks.map((chunk) => {
    const first = next.get(partitionName(chunk))!
    next.set(partitionName(chunk), first + BigInt(chunk.messages.length))
    return first
  })
}

/**
 * Ends the transaction that an earlier producer with the same transactional id may have left open, which would hold up the
 * readers of its partitions until it times out. Beginning does that; there is nothing to commit.
 */
export const endPredecessor = async (producer: Producer): Promise<void> => (await producer.transaction()).abort()

/** Sends appends in one transaction, and answers, once it is committed, with the offsets of the chunks of each. */
export const sendTransaction = async (
  producer: Producer,
  appends: readonly (readonly RecordChunk[])[],
): Promise<bigint[][]> => {
  const transaction = await producer.transaction()
  try {
    const offsets = await sendInRounds(transaction, appends.flat())
    await transaction.commit()
    return appends.map((chunks) => chunks.map((chunk) => offsets.get(chunk)!))
  } catch (error) {
    // If this fails as well, the producer's successor ends it.
    await transaction.abort().catch(() => undefined)
    throw error
  }
}

const sendInRounds = async (
  transaction: Transaction,
  chunks: readonly RecordChunk[],
): Promise<Map<RecordChunk, bigint>> => {
  const offsets = new Map<RecordChunk, bigint>()
  for (let left = [...chunks]; left.length > 0; left = left.filter((chunk) => !offsets.has(chunk))) {
    const round = [...pickChunks(left)]
    const firsts = await sendChunks(transaction, round)
    for (const [index, chunk] of round.entries()) offsets.set(chunk, firsts[index]!)
  }
  return offsets
}
