import { randomUUID } from 'node:crypto'
import type { AppendRequest, EventLog, ReadRange } from '../../../log/event-log.ts'
import type { StoredRecord } from '../../../log/record.ts'

/** A place for logs of one adapter, and what differs between adapters where a suite has to know. */
export interface EventLogFixture {
  /** A client of its own, of the same log as every other that this fixture opens. */
  open(options?: { readonly partitions?: number }): Promise<EventLog>
  /** Removes what the tests left. */
  dispose(): Promise<void>
}

export interface AdapterUnderTest {
  readonly name: string
  /** Why the suite can't run here; undefined if it can. */
  readonly skipped?: string | undefined
  readonly create: () => Promise<EventLogFixture>
}

/** All topics of one test file begin so; those of one test have a further random part. */
export const TEST_TOPICS = `contract-test-${randomUUID().slice(0, 8)}.`

export function randomPrefix(): string {
  return `${TEST_TOPICS}${randomUUID()}.`
}

export function randomGroup(): string {
  return `contract-test-${randomUUID()}`
}

/** A request with content that tells it apart from all others. */
export function request(topic: string, key: string, text = randomUUID() as string): AppendRequest {
  return {
    topic,
    record: {
      key,
      value: Buffer.from(text),
      headers: { kind: 'OutcomeRecorded', 'event-id': text.slice(0, 50) },
      timestamp: 1_767_225_600_000,
    },
  }
}

export function textOf({ value }: Pick<StoredRecord, 'value'>): string {
  return Buffer.from(value ?? []).toString()
}

export function textsOf(records: readonly Pick<StoredRecord, 'value'>[]): string[] {
  return records.map(textOf)
}

export async function readRecords(log: EventLog, ranges: readonly ReadRange[]): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for await (const batch of log.read(ranges)) records.push(...batch.records)
  return records
}

/** All records of the topics. */
export async function readTopics(log: EventLog, topics: readonly string[]): Promise<StoredRecord[]> {
  return readRecords(
    log,
    (await log.offsets(topics)).map(({ topic, partition, earliest, next }) => ({
      topic,
      partition,
      from: earliest,
      to: next,
    })),
  )
}
