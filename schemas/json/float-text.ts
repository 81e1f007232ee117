/**
 * Float text as serde_json 1.0.149 prints it (CONTRACT §3.1): the shortest digits that give back the same value of that
 * width, a whole number keeps `.0`, and the exponent form begins at other bounds than JavaScript's. Non-finite: `null`.
 * JavaScript prints -0 without its sign.
 */
export function f64Text(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Object.is(value, -0)) return '-0.0'
  return layOut(value.toExponential(), -5, 15)
}

export function f32Text(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Object.is(value, -0)) return '-0.0'
  return layOut(shortestF32(value), -6, 12)
}

/**
 * Lays out `d.ddde±x`: fixed notation where the exponent lies between the bounds, else the exponent form.
 */
function layOut(exponential: string, minExponent: number, maxExponent: number): string {
  const e = exponential.indexOf('e')
  const exponent = Number(exponential.slice(e + 1))
  if (exponent < minExponent || exponent > maxExponent) return exponential
  const negative = exponential.startsWith('-')
  const sign = negative ? '-' : ''
  const start = negative ? 1 : 0
  const digits = exponential[start] + exponential.slice(start + 2, e)
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const point = exponent + 1
  if (digits.length <= point) return `${sign}${digits.padEnd(point, '0')}.0`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const float32 = new Float32Array(1)
const bits32 = new Uint32Array(float32.buffer)

/** The shortest decimal that rounds to the 32-bit float, the nearest of those, an even last digit on a tie: `d.ddde±x`. */
function shortestF32(value: number): string {
  const boundary = isPowerOfTwo(value)
  for (let fraction = 0; fraction < 9; fraction++) {
    const rounded = value.toExponential(fraction)
    if (Math.fround(Number(rounded)) === value) return withEvenTie(rounded, value, fraction)
    // Below a power of two floats lie twice as dense: the decimal above may round to it where the nearer one below does not.
    const above = boundary ? nextDecimal(rounded, value > 0 ? 1 : -1) : rounded
    if (boundary && Math.fround(Number(above)) === value) return above
  }
  return value.toExponential(8)
}

function isPowerOfTwo(value: number): boolean {
  float32[0] = value
  return ((bits32[0] as number) & 0x7fffff) === 0
}

/** `toExponential` rounds a tie away from zero; the reference takes the even digit. */
function withEvenTie(rounded: string, value: number, fraction: number): string {
  const lastDigit = rounded.charCodeAt(rounded.indexOf('e') - 1) - 48
  if (lastDigit % 2 === 0) return rounded
  const other = nextDecimal(rounded, value > 0 ? -1 : 1)
  // A 32-bit float has few significant digits: one digit more tells an exact tie, which ends in 5.
  const exact = value.toExponential(Math.min(100, fraction + 30))
  const tail = exact.slice(exact.indexOf('e') - 30, exact.indexOf('e'))
  const isTie = /^50*$/.test(tail)
  return isTie && Math.fround(Number(other)) === value ? other : rounded
}

/** The decimal one unit in the last place away. */
function nextDecimal(exponential: string, step: number): string {
  const e = exponential.indexOf('e')
  const mantissa = exponential.slice(0, e)
  const fraction = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0
  const digits = BigInt(mantissa.replace('.', '')) + BigInt(step)
  return Number(`${digits}e${Number(exponential.slice(e + 1)) - fraction}`).toExponential(fraction)
}
