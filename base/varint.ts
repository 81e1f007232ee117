/**
 * Varints: seven bits a byte, the lowest first, the eighth bit set in all but the last (LEB128; Protocol Buffers, "Base 128
 * Varints"). Signed integers are zigzag-coded first (the same, "Signed Integers").
 */

/** Bytes that an integer from 0 to 2⁵³ takes. */
export function varintBytes(value: number): number {
  let bytes = 1
  for (let limit = 0x80; value >= limit; limit *= 0x80) bytes++
  return bytes
}

/** Writes an integer from 0 to 2⁵³ at a place that has room for it. Returns the place after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let next = at
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[next++] = (rest % 0x80) | 0x80
  bytes[next++] = rest
  return next
}

/** Small values alternate in sign: 0, -1, 1, -2, …. For integers within ±2⁵². */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
