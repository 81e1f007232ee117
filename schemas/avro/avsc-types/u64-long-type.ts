import avro from 'avsc'

/** Avro `long` as an unsigned 64-bit bigint: the 64 bits are carried as they are, so values from 2⁶³ up show as negative elsewhere. */
export const u64LongType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigUInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    return bytes
  },
  fromJSON: (value: number | string) => BigInt.asUintN(64, BigInt(value)),
  toJSON: (value: bigint) => BigInt.asIntN(64, value).toString(),
  isValid: (value: unknown) => typeof value === 'bigint' && value >= 0n && value < 2n ** 64n,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})
