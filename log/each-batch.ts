import type { BatchHandler, PartitionClaim } from './group-consumer.ts'
import type { RecordBatch } from './record.ts'

/** A handler that handles each partition's batch by itself. */
export function eachBatch(handle: (batch: RecordBatch, claim: PartitionClaim) => Promise<void>): BatchHandler {
  return (batches) => batches.map(({ batch, claim }) => handle(batch, claim))
}
