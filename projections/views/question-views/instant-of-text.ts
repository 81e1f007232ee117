/** The number that one of the parts is; 0 where it is left out. */
function number(groups: string, place: number): string {
  return `toInt64OrZero(${groups}[${place}])`
}

/** A date from 1900 to 2299, and a time to the minute at least, as ISO 8601 writes them in full; an offset, else UTC. */
const ISO =
  '^((?:19|2[0-2])\\\\d\\\\d-\\\\d\\\\d-\\\\d\\\\d)(?:[Tt ](\\\\d\\\\d):(\\\\d\\\\d)(?::(\\\\d\\\\d)(?:[.,](\\\\d+))?)?(?:[Zz]|([+-])(\\\\d\\\\d)(?::?(\\\\d\\\\d))?)?)?$'
/** Epoch seconds, as the Converge engine writes times. */
const EPOCH = '^([+-]?)(\\\\d{1,15})(?:[.,](\\\\d+))?Z$'
const NS_PER_SECOND = 'toInt128(1000000000)'

/** SQL for the parts of a text that is a time; of one that is none, an empty array. */
export function partsOfIso(text: string): string {
  return `extractGroups(${text}, '${ISO}')`
}
export function partsOfEpoch(text: string): string {
  return `extractGroups(${text}, '${EPOCH}')`
}

/**
 * SQL for the nanoseconds since 1970 that the parts of a text mean, as `parseInstant` reads them: NULL for what is no time, and for the
 * rarer forms of ISO 8601 (basic, ordinal and week dates, fractions of minutes).
 */
export function nanosecondsOf(iso: string, epoch: string): string {
  return `multiIf(notEmpty(${epoch}), ${ofEpoch(epoch)}, notEmpty(${iso}), ${ofIso(iso)}, NULL)`
}

function ofEpoch(parts: string): string {
  const whole = `toInt128(${number(parts, 2)}) * ${NS_PER_SECOND} + ${fraction(`${parts}[3]`)}`
  return `toNullable(if(${parts}[1] = '-', -1, 1) * (${whole}))`
}

function ofIso(parts: string): string {
  const [hour, minute, second] = [2, 3, 4].map((place) => number(parts, place))
  const day = `toDate32OrZero(${parts}[1])`
  const isRight = [
    // A day that its month does not have is read as another, or as none.
    `toString(${day}) = ${parts}[1]`,
    `(${hour} < 24 OR (${hour} = 24 AND ${minute} = 0 AND ${second} = 0 AND ${fraction(`${parts}[5]`)} = 0))`,
    `${minute} < 60 AND ${second} < 61 AND ${number(parts, 7)} < 24 AND ${number(parts, 8)} < 60`,
  ].join(' AND ')
  const offset = `if(${parts}[6] = '-', -1, 1) * (${number(parts, 7)} * 3600 + ${number(parts, 8)} * 60)`
  const seconds = `toInt32(${day}) * 86400 + ${hour} * 3600 + ${minute} * 60 + ${second} - ${offset}`
  return `if(${isRight}, toInt128(${seconds}) * ${NS_PER_SECOND} + ${fraction(`${parts}[5]`)}, NULL)`
}

/** Nanoseconds of a fraction's digits, cut off. */
function fraction(digits: string): string {
  return `toInt64OrZero(rightPad(left(${digits}, 9), 9, '0'))`
}

/** SQL for nanoseconds as an instant; NULL outside of 1900 to 2262, which the type cannot hold. */
export function instantOfNanoseconds(nanoseconds: string): string {
  const isWithin = `${nanoseconds} >= toInt128(-2208988800) * ${NS_PER_SECOND} AND ${nanoseconds} < toInt128(9214646400) * ${NS_PER_SECOND}`
  return `if(${isWithin}, toNullable(fromUnixTimestamp64Nano(toInt64(${nanoseconds}), 'UTC')), NULL)`
}
