import { GatheredBytes } from '../../../base/gathered-bytes.ts'
import { HttpError } from '../http-error.ts'

/** A record's length stands before it, in four bytes, the highest first. */
const LENGTH_BYTES = 4

export interface ReadRecordsOptions {
  readonly maxBytes: number
  /** Told how many bytes of a record that is not whole yet are held; may throw. */
  readonly holds: (bytes: number) => void
}

/**
 * Splits a stream into records that stand behind their lengths. Gives those that came together, as views of what came. Errors: 400 for a
 * length that no record has, and for a stream that ends within a record.
 */
export async function* readRecords(
  input: AsyncIterable<Buffer>,
  { maxBytes, holds }: ReadRecordsOptions,
): AsyncGenerator<readonly Buffer[]> {
  const held = new GatheredBytes()
  /** What has to be there before anything can be read. */
  let neededBytes = LENGTH_BYTES
  for await (const chunk of input) {
    held.add(chunk)
    if (held.length >= neededBytes) {
      const bytes = held.take()
      const records: Buffer[] = []
      let at = 0
      neededBytes = LENGTH_BYTES
      while (bytes.length - at >= neededBytes) {
        neededBytes = LENGTH_BYTES + bytes.readUInt32BE(at)
        if (neededBytes > LENGTH_BYTES + maxBytes) throw noSuchLength(maxBytes)
        if (bytes.length - at < neededBytes) break
        records.push(bytes.subarray(at + LENGTH_BYTES, at + neededBytes))
        at += neededBytes
        neededBytes = LENGTH_BYTES
      }
      if (at < bytes.length) held.add(bytes.subarray(at))
      if (records.length > 0) yield records
    }
    holds(held.length)
  }
  if (held.length > 0) throw fault('ends within a record')
}

function noSuchLength(maxBytes: number): HttpError {
  return fault(`a record is said to take more than ${maxBytes} bytes: each must stand behind its length, in four bytes`)
}

function fault(message: string): HttpError {
  return new HttpError(400, 'InvalidQuery', `body: ${message}`, { field: 'body' })
}
