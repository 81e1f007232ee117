/** CityHash128 of version 1.0.2, by which ClickHouse checks blocks (github.com/google/cityhash, MIT). */

const K0 = 0xc3a5c85c97cb3127n
const K1 = 0xb492b66fbe98f273n
const K2 = 0x9ae16a3b2f90404fn
const K3 = 0xc949d7c7509e6557n
const MULTIPLIER = 0x9ddfea08eb382d69n

type Pair = readonly [low: bigint, high: bigint]

/** The hash as ClickHouse writes it: 16 bytes. */
export function cityHash128(bytes: Buffer): Buffer {
  const [low, high] = hash(bytes)
  const written = Buffer.alloc(16)
  written.writeBigUInt64LE(low, 0)
  written.writeBigUInt64LE(high, 8)
  return written
}

function hash(bytes: Buffer): Pair {
  const { length } = bytes
  if (length >= 16) return withSeed(bytes.subarray(16), bytes.readBigUInt64LE(0) ^ K3, bytes.readBigUInt64LE(8))
  if (length < 8) return withSeed(bytes, K0, K1)
  const low = bytes.readBigUInt64LE(0) ^ u64(BigInt(length) * K0)
  return withSeed(bytes.subarray(0, 0), low, bytes.readBigUInt64LE(length - 8) ^ K1)
}

function withSeed(bytes: Buffer, seed: bigint, otherSeed: bigint): Pair {
  if (bytes.length < 128) return murmur(bytes, seed, otherSeed)
  const at = (place: number): bigint => bytes.readBigUInt64LE(place)
  let [x, y, z] = [seed, otherSeed, u64(K1 * BigInt(bytes.length))]
  const v0 = u64(rotate(y ^ K1, 49n) * K1 + at(0))
  let v: Pair = [v0, u64(rotate(v0, 42n) * K1 + at(8))]
  let w: Pair = [u64(rotate(u64(y + z), 35n) * K1 + x), u64(rotate(u64(x + at(88)), 53n) * K1)]
  let place = 0
  for (; bytes.length - place >= 128; place += 128) {
    for (const half of [place, place + 64]) {
      x = u64(rotate(u64(x + y + v[0] + at(half + 16)), 37n) * K1) ^ w[1]
      y = u64(rotate(u64(y + v[1] + at(half + 48)), 42n) * K1) ^ v[0]
      z = rotate(z ^ w[0], 33n)
      v = weak(bytes, half, u64(v[1] * K1), u64(x + w[0]))
      w = weak(bytes, half + 32, u64(z + w[1]), y)
      ;[z, x] = [x, z]
    }
  }
  y = u64(y + rotate(w[0], 37n) * K0 + z)
  x = u64(x + rotate(u64(v[0] + z), 49n) * K0)
  // What is left, in pieces of 32 bytes from the end.
  const left = bytes.length - place
  for (let done = 0; done < left;) {
    done += 32
    const piece = bytes.length - done
    y = u64(rotate(u64(y - x), 42n) * K0 + v[1])
    const w0 = u64(w[0] + at(piece + 16))
    x = u64(rotate(x, 49n) * K0 + w0)
    w = [u64(w0 + v[0]), w[1]]
    v = weak(bytes, piece, v[0], v[1])
  }
  x = mixed(x, v[0])
  y = mixed(y, w[0])
  return [u64(mixed(u64(x + v[1]), w[1]) + y), mixed(u64(x + w[1]), u64(y + v[1]))]
}

function murmur(bytes: Buffer, seed: bigint, otherSeed: bigint): Pair {
  const { length } = bytes
  let [a, b] = [seed, otherSeed]
  let c: bigint
  let d: bigint
  if (length <= 16) {
    a = u64(shiftMix(u64(a * K1)) * K1)
    c = u64(b * K1 + upTo16(bytes))
    d = shiftMix(u64(a + (length >= 8 ? bytes.readBigUInt64LE(0) : c)))
  } else {
    c = mixed(u64(bytes.readBigUInt64LE(length - 8) + K1), a)
    d = mixed(u64(b + BigInt(length)), u64(c + bytes.readBigUInt64LE(length - 16)))
    a = u64(a + d)
    for (let place = 0; place < length - 16; place += 16) {
      a = u64((a ^ u64(shiftMix(u64(bytes.readBigUInt64LE(place) * K1)) * K1)) * K1)
      b ^= a
      c = u64((c ^ u64(shiftMix(u64(bytes.readBigUInt64LE(place + 8) * K1)) * K1)) * K1)
      d ^= c
    }
  }
  a = mixed(a, c)
  b = mixed(d, b)
  return [a ^ b, mixed(b, a)]
}

function upTo16(bytes: Buffer): bigint {
  const { length } = bytes
  const size = BigInt(length)
  if (length > 8) {
    const b = bytes.readBigUInt64LE(length - 8)
    return mixed(bytes.readBigUInt64LE(0), rotate(u64(b + size), size)) ^ b
  }
  if (length >= 4) {
    const a = BigInt(bytes.readUInt32LE(0))
    return mixed(u64((a << 3n) + size), BigInt(bytes.readUInt32LE(length - 4)))
  }
  if (length === 0) return K2
  const y = BigInt(bytes[0]! + (bytes[length >>> 1]! << 8))
  const z = BigInt(length + (bytes[length - 1]! << 2))
  return u64(shiftMix(u64(y * K2) ^ u64(z * K3)) * K2)
}

function weak(bytes: Buffer, place: number, seed: bigint, otherSeed: bigint): Pair {
  const z = bytes.readBigUInt64LE(place + 24)
  const a = u64(seed + bytes.readBigUInt64LE(place))
  const b = rotate(u64(otherSeed + a + z), 21n)
  const sum = u64(a + bytes.readBigUInt64LE(place + 8) + bytes.readBigUInt64LE(place + 16))
  return [u64(sum + z), u64(b + rotate(sum, 44n) + a)]
}

function mixed(u: bigint, v: bigint): bigint {
  const a = shiftMix(u64((u ^ v) * MULTIPLIER))
  return u64(shiftMix(u64((v ^ a) * MULTIPLIER)) * MULTIPLIER)
}

function shiftMix(value: bigint): bigint {
  return value ^ (value >> 47n)
}

function rotate(value: bigint, by: bigint): bigint {
  return by === 0n ? value : (value >> by) | u64(value << (64n - by))
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}
