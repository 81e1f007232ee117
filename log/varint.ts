/** Bytes of a length as a zigzag varint (Protocol Buffers, "Signed Integers"), for values from 0 up. */
export const varintBytes = (value: number): number => {
  let bytes = 1
  for (let limit = 64; value >= limit; limit *= 128) bytes++
  return bytes
}
