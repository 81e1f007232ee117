import type { BadRecord, BadRecordReason } from '../../../../consumers/read-record.ts'
import { offset } from '../../../../base/position.ts'

/** A bad record of a topic, at an offset. */
export function badRecord(at: number, changes: Partial<BadRecord> & { topic?: string } = {}): BadRecord {
  const { topic = 'experience.events.a', ...rest } = changes
  const reason: BadRecordReason = 'NotFramed'
  return {
    kind: 'bad',
    record: {
      topic,
      partition: 0,
      offset: offset(at),
      key: 'key',
      value: Buffer.from('value'),
      headers: { trace: 'é' },
      timestamp: 1000 + at,
      sequence: 0,
    },
    reason,
    message: 'the record is none',
    field: null,
    schemaId: null,
    ...rest,
  }
}
