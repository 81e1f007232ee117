import type { RecordBatch } from '../../log/record.ts'

/** Records that are read into items before others have their turn: a log that is embedded gives thousands without a wait. */
const RECORDS_A_TURN = 100

/** The batch in parts that are read in one turn each, of which the last ends where it does. */
export function turnsOf(batch: RecordBatch): RecordBatch[] {
  const { records } = batch
  if (records.length <= RECORDS_A_TURN) return [batch]
  const parts: RecordBatch[] = []
  for (let from = 0; from < records.length; from += RECORDS_A_TURN) {
    const behind = records[from + RECORDS_A_TURN]
    const part = records.slice(from, from + RECORDS_A_TURN)
    parts.push({ ...batch, records: part, next: behind === undefined ? batch.next : behind.offset })
  }
  return parts
}
