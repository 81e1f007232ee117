/** Reads the types of Kafka's protocol in an answer (https://kafka.apache.org/protocol#protocol_types), big-endian. */
export class ProtocolReader {
  protected readonly bytes: Buffer
  protected at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** What has not been read. */
  get rest(): Buffer {
    return this.bytes.subarray(this.at)
  }

  int16(): number {
    this.at += 2
    return this.bytes.readInt16BE(this.at - 2)
  }

  int32(): number {
    this.at += 4
    return this.bytes.readInt32BE(this.at - 4)
  }

  int64(): bigint {
    this.at += 8
    return this.bytes.readBigInt64BE(this.at - 8)
  }

  skip(bytes: number): void {
    this.at += bytes
  }

  string(): string {
    return this.text(this.int16())
  }

  /** A view of the bytes. Null is read as empty, here and below. */
  blob(): Buffer {
    const length = Math.max(0, this.int32())
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  array<Item>(item: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item)
  }

  protected text(length: number): string {
    if (length <= 0) return ''
    this.at += length
    return this.bytes.toString('utf8', this.at - length, this.at)
  }
}
