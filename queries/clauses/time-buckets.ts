import { rollUpKeys } from '../../projections/events/roll-up.ts'
import type { OutcomeBucket } from '../analytics.ts'

/** What groups by a length of time: texts are made of the groups, not of what they are made of. */
export interface BucketKey {
  readonly sql: string
  readonly shown: string
  /** What puts groups in order, where their text does not. */
  readonly order?: string
}

/**
 * Groups by hours, days, weeks or months of a zone, which the parameter `time_zone` names; null for UTC. From `hours`, ClickHouse can
 * answer from the roll-up; in a zone that is right only where its hours are those of UTC.
 */
export function bucketKey(
  bucket: Exclude<OutcomeBucket, 'all'>,
  zone: string | null,
  from: 'hours' | 'events',
): BucketKey {
  if (zone === null) return keyOf(bucket, rollUpKeys.hour, null)
  const instant = from === 'hours' ? rollUpKeys.hour : 'instant'
  const offset = `timezoneOffset(toTimeZone(${instant}, {time_zone:String}))`
  // Seconds: what the zone adds to nanoseconds could be more than 64 bits hold.
  return keyOf(bucket, `dateTrunc('hour', toDateTime64(${instant}, 0, 'UTC') + toIntervalSecond(${offset}))`, offset)
}

/** `hour` is as the zone's clocks show it; `offset` by how much they are ahead of UTC, s; null for UTC itself. */
function keyOf(bucket: Exclude<OutcomeBucket, 'all'>, hour: string, offset: string | null): BucketKey {
  switch (bucket) {
    case 'hour': {
      const text = `substring(replaceOne(toString(${hour}), ' ', 'T'), 1, 19)`
      if (offset === null) return { sql: hour, shown: `concat(${text}, 'Z')` }
      // When clocks go back, an hour comes twice, with different offsets.
      const order = `(${hour} - toIntervalSecond(${offset}))`
      return { sql: `${hour}, ${offset}`, shown: `concat(${text}, ${offsetText(offset)})`, order }
    }
    case 'day':
      return dateKey(`toDate32(${hour})`)
    case 'week':
      return dateKey(`toMonday(toDate32(${hour}))`)
    case 'month':
      return dateKey(`toStartOfMonth(toDate32(${hour}))`)
  }
}

function dateKey(sql: string): BucketKey {
  return { sql, shown: `toString(${sql})` }
}

/** `+02:00` */
function offsetText(seconds: string): string {
  const twoDigits = (number: string): string => `leftPad(toString(${number}), 2, '0')`
  const hours = twoDigits(`intDiv(abs(${seconds}), 3600)`)
  const minutes = twoDigits(`intDiv(abs(${seconds}) % 3600, 60)`)
  return `if(${seconds} < 0, '-', '+'), ${hours}, ':', ${minutes}`
}
