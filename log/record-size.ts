import type { LogRecord } from './record.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { varintBytes, zigzag } from '../base/varint.ts'

/** Bytes of a Kafka record batch (format v2) before its records; Kafka counts them against `max.message.bytes`. */
export const BATCH_OVERHEAD = 61

/** Kafka's default `max.message.bytes`: the largest batch that a topic takes. */
export const DEFAULT_MAX_BATCH_BYTES = 1_048_588

function prefixed(bytes: number): number {
  return varintBytes(zigzag(bytes)) + bytes
}

/**
 * Bytes of a record in Kafka's format v2 when it is alone in its batch (https://kafka.apache.org/documentation/#record).
 * The embedded log measures in the same way, so that both refuse the same records.
 */
export function recordBytes({ key, value, headers }: LogRecord): number {
  const names = Object.keys(headers)
  let body = 3 + prefixed(Buffer.byteLength(key)) + prefixed(value?.byteLength ?? 0) + varintBytes(zigzag(names.length))
  for (const name of names) body += prefixed(Buffer.byteLength(name)) + prefixed(Buffer.byteLength(headers[name]!))
  return prefixed(body)
}

/** Refuses a record larger than the limit with `InvalidQuery`. */
export function checkRecordSize(bytes: number, limit: number): void {
  if (bytes <= limit) return
  const message = `event: takes ${bytes} bytes in the log, which is more than the ${limit} that one record may take`
  throw new ExperienceError('InvalidQuery', message, { field: 'event' })
}
