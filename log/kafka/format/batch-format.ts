/**
 * Where the fields of a record batch stand, format v2 (https://kafka.apache.org/documentation/#recordbatch), the only one since
 * Kafka 0.11. Its records begin at `BATCH_OVERHEAD`.
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
export const PRODUCER_EPOCH = 51
export const FIRST_SEQUENCE = 53
export const RECORD_COUNT = 57

export const MAGIC_V2 = 2

/** Bits of the attributes. */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20
