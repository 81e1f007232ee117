/**
 * Float text as serde_json 1.0.149 prints it (docs/contract.md §3.1): the shortest digits that give back the same value of that
 * width, a whole number keeps `.0`, and the exponent form begins at other bounds than JavaScript's. Non-finite: `null`.
 * JavaScript prints -0 without its sign.
 */
export function f64Text(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (isPlain(value)) return plainText(value)
  if (Object.is(value, -0)) return '-0.0'
  return layOut(value.toExponential(), -5, 15)
}

export function f32Text(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (isPlain(value)) {
    const decimal = shortDecimal(value)
    if (decimal !== null) return plainText(decimal)
  }
  if (Object.is(value, -0)) return '-0.0'
  return layOut(shortestF32(value), -6, 12)
}

/** Whether JavaScript and the reference lay the number out alike: most are. */
function isPlain(value: number): boolean {
  const magnitude = Math.abs(value)
  return magnitude >= 1e-3 && magnitude < 1e6
}

function plainText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/**
 * What `shortestF32` finds, as the nearest number of 64 bits, for a magnitude from 0.001 to a million; null on a tie. By
 * arithmetic alone, ten times as fast: 24 bits times 10⁸ is exact, and so is the choice between the decimals next to the product.
 */
function shortDecimal(value: number): number | null {
  for (let unit = 1; unit <= 1e8; unit *= 10) {
    const scaled = value * unit
    const below = Math.floor(scaled)
    const belowFits = Math.fround(below / unit) === value
    const aboveFits = Math.fround((below + 1) / unit) === value
    if (!belowFits && !aboveFits) continue
    if (belowFits && aboveFits) {
      const distance = scaled - below
      if (distance === 0.5) return null
      return (distance < 0.5 ? below : below + 1) / unit
    }
    return (belowFits ? below : below + 1) / unit
  }
  return null
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

/** More digits than tell any two decimals of nine digits apart from a tie. */
const EXACT_DIGITS = 60

/**
 * The shortest decimal that rounds to the 32-bit float, the nearest of those, an even last digit on a tie: `d.ddde±x`. Of each
 * length, only the decimals next below and next above can be it. (Where floats lie twice as dense on one side, at powers of
 * two, the nearest decimal may be none that rounds back.)
 */
function shortestF32(value: number): string {
  const sign = value < 0 ? '-' : ''
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0e+0'
  const exact = magnitude.toExponential(EXACT_DIGITS)
  const digits = exact[0] + exact.slice(2, EXACT_DIGITS + 2)
  const exponent = Number(exact.slice(EXACT_DIGITS + 3))
  for (let length = 1; length < 9; length++) {
    const below = Number(digits.slice(0, length))
    const scale = exponent - length + 1
    const belowFits = Math.fround(Number(`${below}e${scale}`)) === magnitude
    const aboveFits = Math.fround(Number(`${below + 1}e${scale}`)) === magnitude
    if (!belowFits && !aboveFits) continue
    const takeAbove = aboveFits && (!belowFits || isNearerAbove(digits.slice(length), below))
    return sign + Number(`${takeAbove ? below + 1 : below}e${scale}`).toExponential()
  }
  return sign + magnitude.toExponential(8)
}

/** Whether the digits cut off reach more than half way up, or half way where the digit below is odd. */
function isNearerAbove(cutOff: string, below: number): boolean {
  const half = '5'.padEnd(cutOff.length, '0')
  return cutOff === half ? below % 2 === 1 : cutOff > half
}
