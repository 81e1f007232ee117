import { isOutOfOrder, type IdempotentProducer, type Outcome } from './idempotent-producer.ts'
import { partitionText } from '../../../base/position.ts'
import { BATCH_OVERHEAD } from '../../record-size.ts'
import { fitsBatch, REQUEST_BYTES, type RecordChunk } from './record-chunks.ts'

/** Bytes of a request, beside its topic's name, that a partition takes before its records. */
const PARTITION_BYTES = BATCH_OVERHEAD + 20

/** The chunks that can go in one request: as many of the first of each partition as fit in one Kafka batch. */
export function pickChunks(queue: readonly RecordChunk[]): Set<RecordChunk> {
  const picked = new Set<RecordChunk>()
  const batches = new Map<string, { bytes: number; full: boolean }>()
  let total = 0
  for (const chunk of queue) {
    const name = partitionText(chunk)
    const batch = batches.get(name) ?? { bytes: 0, full: false }
    batches.set(name, batch)
    const added = chunk.bytes + (batch.bytes > 0 ? 0 : PARTITION_BYTES + chunk.topic.length)
    const bytes = batch.bytes + chunk.bytes
    batch.full ||= batch.bytes > 0 && !fitsBatch(bytes, chunk.maxBytes)
    if (batch.full) continue
    if (total > 0 && total + added > REQUEST_BYTES) break
    batch.bytes = bytes
    total += added
    picked.add(chunk)
  }
  return picked
}

/** Bytes of one transaction, all of which has to be sent again if it fails. */
const TRANSACTION_BYTES = 8 * 1024 * 1024

/** Appends that go together in one transaction: all are stored or none, which is right for each of them. */
export function pickAppends(queue: readonly (readonly RecordChunk[])[]): Set<readonly RecordChunk[]> {
  const picked = new Set<readonly RecordChunk[]>()
  let total = 0
  for (const chunks of queue) {
    for (const { bytes } of chunks) total += bytes
    if (picked.size > 0 && total > TRANSACTION_BYTES) break
    picked.add(chunks)
  }
  return picked
}

/** Sends chunks that `pickChunks` picked. */
export function sendChunks(producer: IdempotentProducer, chunks: readonly RecordChunk[]): Promise<Outcome<bigint>[]> {
  return producer.send(chunks)
}

/** Sends appends in one transaction, and tells, once it is committed, the offsets of the chunks of each. */
export async function sendTransaction(
  producer: IdempotentProducer,
  appends: readonly (readonly RecordChunk[])[],
): Promise<Outcome<bigint[]>[]> {
  const chunks = appends.flat()
  const offsets = new Map<RecordChunk, bigint>()
  try {
    await producer.enlist([...new Map(chunks.map((chunk) => [partitionText(chunk), chunk])).values()])
    for (let left = chunks; left.length > 0; left = left.filter((chunk) => !offsets.has(chunk))) {
      const round = [...pickChunks(left)]
      for (const [index, outcome] of (await producer.send(round)).entries()) {
        if ('error' in outcome) throw outcome.error
        offsets.set(round[index]!, outcome.result)
      }
    }
    await producer.endTransaction('commit')
    return appends.map((append) => ({ result: append.map((chunk) => offsets.get(chunk)!) }))
  } catch (error) {
    // Nothing need be done more: the producer's successor, which opens at once, ends the transaction.
    return appends.map(() => ({ error, isUndone: isOutOfOrder(error) }))
  }
}
