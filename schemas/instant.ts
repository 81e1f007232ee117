import { DOT, UPPER_Z, ZERO, isDigit } from '../base/characters.ts'

/** A point in time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
export type Instant = bigint

const NS_PER_SECOND = 1_000_000_000n
/** docs/contract.md §9: bytes of a timestamp. A fraction of a million digits would take long to convert. */
const MAX_LENGTH = 64

/**
 * Reads the time that a text means: ISO 8601 (calendar, ordinal and week dates, extended or basic, reduced or fractional
 * precision, any offset; without an offset UTC is meant), or epoch seconds followed by `Z` as the Converge engine writes
 * them. What is finer than a nanosecond is cut off. Null if the text is neither, or longer than the contract's timestamps are.
 */
export function parseInstant(text: string): Instant | null {
  if (text.length > MAX_LENGTH) return null
  const usual = usualInstant(text)
  if (usual !== null) return usual
  const epoch = EPOCH_SECONDS.exec(text)
  if (epoch !== null)
    return signed(epoch[1], BigInt(epoch[2] as string) * NS_PER_SECOND + fractionOf(epoch[3], NS_PER_SECOND))

  const match = DATE_TIME.exec(text)
  if (match === null) return null
  const groups = match.groups as Readonly<Record<string, string | undefined>>
  const days = daysOf(groups)
  const time = timeOfDay(groups)
  const offset = offsetOf(groups)
  if (days === null || time === null || offset === null) return null
  return BigInt(days) * 86_400n * NS_PER_SECOND + time - offset
}

/**
 * `2026-04-23T09:15:00Z`, with up to nine digits of a fraction: what almost all times look like, read ten times as fast as by
 * the expressions below, which read whatever is not exactly this.
 */
function usualInstant(text: string): Instant | null {
  const { length } = text
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== UPPER_Z) return null
  for (let i = 0; i < USUAL.length; i++) {
    const unit = text.charCodeAt(i)
    const usual = USUAL.charCodeAt(i)
    if (usual === ZERO ? !isDigit(unit) : unit !== usual) return null
  }
  let nanoseconds = 0
  if (length > 20) {
    if (length === 21 || text.charCodeAt(19) !== DOT) return null
    for (let i = 20; i < length - 1; i++) {
      const unit = text.charCodeAt(i)
      if (!isDigit(unit)) return null
      nanoseconds = 10 * nanoseconds + unit - ZERO
    }
    nanoseconds *= 10 ** (30 - length)
  }
  const two = (at: number): number => 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * ZERO
  const year = 100 * two(0) + two(2)
  const month = two(5)
  const day = two(8)
  const hour = two(11)
  const minute = two(14)
  const second = two(17)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  return BigInt(seconds) * NS_PER_SECOND + BigInt(nanoseconds)
}

const USUAL = '0000-00-00T00:00:00'

/** An instant of epoch milliseconds. */
export function instantOfMillis(ms: number | string): Instant {
  return BigInt(ms) * 1_000_000n
}

// Up to 15 digits: beyond, no calendar has the year.
const EPOCH_SECONDS = /^([+-])?(\d{1,15})(?:[.,](\d+))?Z$/

const DATE =
  '(?<year>\\d{4}|(?!-000000)[+-]\\d{6})' +
  '(?:-?W(?<week>\\d\\d)(?:-?(?<weekday>[1-7]))?|-(?<month>\\d\\d)(?:-(?<day>\\d\\d))?|(?<month2>\\d\\d)(?<day2>\\d\\d)|-?(?<ordinal>\\d{3}))?'
const TIME = '(?<hour>\\d\\d)(?::?(?<minute>\\d\\d)(?::?(?<second>\\d\\d))?)?(?:[.,](?<fraction>\\d+))?'
const OFFSET = '(?:(?<utc>[Zz])|(?<sign>[+-])(?<offsetHour>\\d\\d)(?::?(?<offsetMinute>\\d\\d))?)'
const DATE_TIME = new RegExp(`^${DATE}(?:[Tt ]${TIME}${OFFSET}?)?$`)

type Groups = Readonly<Record<string, string | undefined>>

function daysOf(groups: Groups): number | null {
  const year = Number(groups['year'])
  if (groups['week'] !== undefined) return daysOfWeekDate(year, Number(groups['week']), Number(groups['weekday'] ?? 1))
  if (groups['ordinal'] !== undefined) {
    const ordinal = Number(groups['ordinal'])
    return ordinal >= 1 && ordinal <= (isLeapYear(year) ? 366 : 365) ? daysFromCivil(year, 1, 1) + ordinal - 1 : null
  }
  const month = Number(groups['month'] ?? groups['month2'] ?? 1)
  const day = Number(groups['day'] ?? groups['day2'] ?? 1)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
    ? daysFromCivil(year, month, day)
    : null
}

/** ISO week 1 is the week that holds January 4. */
function daysOfWeekDate(year: number, week: number, weekday: number): number | null {
  const fourth = daysFromCivil(year, 1, 4)
  const firstMonday = fourth - isoWeekdayIndex(fourth)
  const lastWeek = Math.floor((daysFromCivil(year, 12, 28) - firstMonday) / 7) + 1
  return week >= 1 && week <= lastWeek ? firstMonday + (week - 1) * 7 + weekday - 1 : null
}

/** Monday is 0; the epoch was a Thursday. */
function isoWeekdayIndex(days: number): number {
  return (((days + 3) % 7) + 7) % 7
}

/** Nanoseconds since midnight. 24:00 is the end of the day; second 60 (a leap second) is the first of the next minute. */
function timeOfDay(groups: Groups): bigint | null {
  const hour = Number(groups['hour'] ?? 0)
  const minute = Number(groups['minute'] ?? 0)
  const second = Number(groups['second'] ?? 0)
  const unit = groups['second'] !== undefined ? 1n : groups['minute'] !== undefined ? 60n : 3600n
  const fraction = fractionOf(groups['fraction'], unit * NS_PER_SECOND)
  if (hour > 24 || minute > 59 || second > 60) return null
  if (hour === 24 && (minute > 0 || second > 0 || fraction > 0n)) return null
  return BigInt(hour * 3600 + minute * 60 + second) * NS_PER_SECOND + fraction
}

function offsetOf(groups: Groups): bigint | null {
  if (groups['sign'] === undefined) return 0n
  const hour = Number(groups['offsetHour'])
  const minute = Number(groups['offsetMinute'] ?? 0)
  if (hour > 23 || minute > 59) return null
  return signed(groups['sign'], BigInt(hour * 3600 + minute * 60) * NS_PER_SECOND)
}

/** A decimal fraction of a unit, in nanoseconds, cut off. */
function fractionOf(digits: string | undefined, unit: bigint): bigint {
  return digits === undefined ? 0n : (BigInt(digits) * unit) / 10n ** BigInt(digits.length)
}

function signed(sign: string | undefined, value: bigint): bigint {
  return sign === '-' ? -value : value
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Days since the epoch in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** An instant as ISO 8601 in UTC, with as many digits as it needs. */
export function instantText(instant: Instant): string {
  const rest = ((instant % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const text = new Date(Number((instant - rest) / 1_000_000n)).toISOString().slice(0, -'.000Z'.length)
  return rest === 0n ? `${text}Z` : `${text}.${rest.toString().padStart(9, '0').replace(/0+$/, '')}Z`
}
