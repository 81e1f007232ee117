import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { Permits } from '../../../base/permits.ts'
import { Postponed, type PartitionClaim } from '../../../log/group-consumer.ts'
import type { RecordBatch } from '../../../log/record.ts'
import { eachBatch } from '../../../log/each-batch.ts'
import { Gathering } from '../../../log/gathering.ts'
import { ClaimedPartition, RetainedBytes } from '../../../log/kafka/consume/claimed-partition.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'

const claim: PartitionClaim = {
  topic: 't',
  partition: 0,
  committed: null,
  topicPartitions: 1,
  commit: async () => 'committed',
}
const batch: RecordBatch = { topic: 't', partition: 0, first: offset(0), next: offset(3), records: [] }

/** A partition whose first batch fails with an error, until it is handled or has to be fetched once more. */
async function fails(error: Error): Promise<'handled' | 'fetched once more'> {
  let calls = 0
  const handler = eachBatch(async () => {
    if (++calls === 1) throw error
  })
  const partition = new ClaimedPartition(claim, offset(0), {
    gathering: new Gathering({ handler, lingerMs: 0, batchBytes: 1000, concurrency: 1 }),
    refetches: new Permits(1),
    batchBytes: 1000,
    release: () => {},
    retained: new RetainedBytes(1000),
  })
  const running = partition.run()
  partition.accept(batch, 10, false)
  await until(() => calls === 2 || partition.isUrgent)
  const outcome = partition.isUrgent ? 'fetched once more' : 'handled'
  partition.end()
  await running
  return outcome
}

test('what fails is kept, and so is what waits for moments only; what waits for long is fetched once more', async () => {
  const isOver = async (): Promise<boolean> => true
  expect(await fails(new Error('failed'))).toBe('handled')
  expect(await fails(new Postponed(isOver, { isBrief: true }))).toBe('handled')
  expect(await fails(new Postponed(isOver))).toBe('fetched once more')
})
