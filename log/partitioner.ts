const SEED = 0x97_47_b2_8c
const MULTIPLIER = 0x5b_d1_e9_95

/**
 * The 32-bit murmur2 hash, signed, as Kafka's Java client computes it (org.apache.kafka.common.utils.Utils.murmur2). Exported for its
 * test, which has the client's own vectors.
 */
export function murmur2(data: Buffer): number {
  const length = data.length
  const whole = length - (length % 4)
  let hash = SEED ^ length
  for (let index = 0; index < whole; index += 4) {
    let word = Math.imul(data.readInt32LE(index), MULTIPLIER)
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ word
  }
  if (length > whole) {
    for (let index = length - 1; index >= whole; index--) hash ^= data.readUInt8(index) << (8 * (index - whole))
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

/**
 * The partition of a key, as every Kafka client with the default partitioner would choose it. kafkajs has the same, but as a
 * producer's plug-in that hashes with BigInt; both logs need it as a function.
 */
export function partitionOfKey(key: string, partitions: number): number {
  return partitions === 1 ? 0 : (murmur2(Buffer.from(key)) & 0x7f_ff_ff_ff) % partitions
}
