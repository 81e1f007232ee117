/**
 * Where the fields of a record batch stand, format v2 (https://kafka.apache.org/documentation/#recordbatch), the only one since
 * Kafka 0.11. All big-endian:
 *
 *     batch   = baseOffset:i64 length:i32 leaderEpoch:i32 magic:i8 crc:u32 attributes:i16 lastOffsetDelta:i32
 *               baseTimestamp:i64 maxTimestamp:i64 producerId:i64 producerEpoch:i16 baseSequence:i32 count:i32 record*
 *     record  = length attributes:i8 timestampDelta offsetDelta blob(key) blob(value) count header*
 *     header  = blob(name) blob(value)
 *     blob    = length byte*        a length of -1 stands for null
 *
 * Lengths, deltas and counts of records are zigzag varints. `length` of a batch counts what follows it, `crc` (CRC-32C) covers all
 * that follows itself. Where the attributes name a codec, `record*` is compressed as a whole. Records begin at `BATCH_OVERHEAD`.
 */
export const BASE_OFFSET = 0
/** Bytes of the batch from `LEADER_EPOCH` on. */
export const LENGTH = 8
export const LEADER_EPOCH = 12
export const MAGIC = 16
/** Of all that follows it. */
export const CRC = 17
export const ATTRIBUTES = 21
export const LAST_OFFSET_DELTA = 23
export const FIRST_TIMESTAMP = 27
export const MAX_TIMESTAMP = 35
export const PRODUCER_ID = 43
export const RECORD_COUNT = 57

export const MAGIC_V2 = 2

/** Bits of the attributes. */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20
