import { DOT, LOWER_E, MINUS, NINE, PLUS, UPPER_E, ZERO } from '../../base/characters.ts'
import { textBetween } from './transcribe-text.ts'
import { giveUp, type Transcription } from './transcription.ts'

/** Digits that a double holds exactly, with a bit to spare for the sign. */
const EXACT_DIGITS = 15
/** Powers of ten that a double holds exactly: a quotient of two exact numbers is rounded once, which is right. */
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power)

const U32_MAX = 2 ** 32 - 1
const U64_MAX = 2n ** 64n - 1n

/** A JSON integer to an Avro `long`. */
export function transcribeU32(at: Transcription): void {
  const value = readUnsigned(at)
  if (typeof value !== 'number' || value > U32_MAX) return giveUp()
  at.long(value)
}

/** A JSON integer to an Avro `long` of the same 64 bits. */
export function transcribeU64(at: Transcription): void {
  const value = readUnsigned(at)
  if (typeof value === 'number') return at.long(value)
  if (value > U64_MAX) giveUp()
  const signed = BigInt.asIntN(64, value)
  let rest = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n))
  for (; rest >= 0x80n; rest >>= 7n) at.write(Number(rest & 0x7fn) | 0x80)
  at.write(Number(rest))
}

/** A token of digits alone: as a number, or where that may not be exact as a bigint. */
function readUnsigned(at: Transcription): number | bigint {
  at.peek()
  const { input, from: start } = at
  const end = endOfDigits(input, start)
  if (end - start > 1 && input[start] === ZERO) giveUp()
  const after = input[end]
  if (after === DOT || after === LOWER_E || after === UPPER_E) giveUp()
  at.from = end
  if (end - start > EXACT_DIGITS) return BigInt(textBetween(at, start, end))
  let value = 0
  for (let place = start; place < end; place++) value = value * 10 + input[place]! - ZERO
  return value
}

export function transcribeF64(at: Transcription): void {
  writeDouble(at, readFloat(at))
}

/** Rounded to 32 bits, as the reference rounds: through 64 bits. */
export function transcribeF32(at: Transcription): void {
  writeDouble(at, Math.fround(readFloat(at)))
}

/** Only numbers below 2⁵³: the reference reads larger integers in another way. */
function readFloat(at: Transcription): number {
  at.peek()
  const { input, from: start } = at
  const isNegative = input[start] === MINUS
  const whole = isNegative ? start + 1 : start
  let end = endOfDigits(input, whole)
  if (end - whole > 1 && input[whole] === ZERO) giveUp()
  const dot = end
  if (input[dot] === DOT) end = endOfDigits(input, dot + 1)
  const decimals = Math.max(0, end - dot - 1)
  const after = input[end]
  const hasExponent = after === LOWER_E || after === UPPER_E
  if (hasExponent) {
    const sign = input[end + 1]
    end = endOfDigits(input, sign === PLUS || sign === MINUS ? end + 2 : end + 1)
  }
  at.from = end
  if (hasExponent || end - whole > EXACT_DIGITS) {
    const value = Number(textBetween(at, start, end))
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : giveUp()
  }
  let digits = 0
  for (let place = whole; place < end; place++) if (place !== dot) digits = digits * 10 + input[place]! - ZERO
  const value = digits / POWERS[decimals]!
  return isNegative ? -value : value
}

function endOfDigits(input: Uint8Array, start: number): number {
  let end = start
  while (input[end]! >= ZERO && input[end]! <= NINE) end++
  return end === start ? giveUp() : end
}

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)

/** Little-endian, as Avro's doubles and every machine that Node runs on. */
function writeDouble(at: Transcription, value: number): void {
  double[0] = value
  for (let place = 0; place < 8; place++) at.output[at.to++] = doubleBytes[place]!
}
