import { varintBytes, writeVarint } from '../../../base/varint.ts'
import { ProtocolReader } from './protocol-reader.ts'

/** Reads the types of Kafka's flexible request versions (KIP-482), which kafkajs does not know. */
export class CompactReader extends ProtocolReader {
  hex(bytes: number): string {
    this.at += bytes
    return this.bytes.toString('hex', this.at - bytes, this.at)
  }

  override string(): string {
    return this.text(this.#varint() - 1)
  }

  override array<Item>(item: () => Item): Item[] {
    return Array.from({ length: Math.max(0, this.#varint() - 1) }, item)
  }

  /** Skips the fields that later versions may add. */
  tags(): void {
    for (let left = this.#varint(); left > 0; left--) {
      this.#varint()
      const length = this.#varint()
      this.at += length
    }
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
}

/** The length of a compact string or array, as one byte or more. */
export function compactLength(length: number): Buffer {
  const bytes = Buffer.alloc(varintBytes(length + 1))
  writeVarint(bytes, 0, length + 1)
  return bytes
}
