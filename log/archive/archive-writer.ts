import { schemaIdOf } from '../../schemas/avro/wire-format.ts'
import { ContainerWriter } from './container-writer.ts'
import {
  BRANCHES,
  headType,
  loggedRecordSchema,
  UNDECODED_VALUE,
  undecodedType,
  type Head,
  type LoggedRecord,
  type Undecoded,
} from './logged-record.ts'
import type { PortableValue } from './portable-value.ts'
import { ENVELOPE_SUBJECT } from '../../schemas/avro/schema/avro-schema.ts'

const LAST_LONG = 2n ** 63n - 1n

function branch(name: (typeof BRANCHES)[number]): Buffer {
  return Buffer.of(2 * BRANCHES.indexOf(name))
}
const [AS_NULL, AS_EVENT, AS_BYTES] = [branch('null'), branch(ENVELOPE_SUBJECT), branch(UNDECODED_VALUE)]

/** Writes records of a log to an Avro object container file of the schema `experience.LoggedRecord`. */
export class ArchiveWriter {
  readonly #container: ContainerWriter
  /** Ids of the schemas whose text stands in the file. */
  readonly #told = new Set<number>()

  constructor(write: (bytes: Buffer) => Promise<void>) {
    this.#container = new ContainerWriter(JSON.stringify(loggedRecordSchema), write)
  }

  /** Error: that of `write`. */
  async add(record: LoggedRecord): Promise<void> {
    await this.#container.add([headType.toBuffer(headOf(record)), ...this.#valueParts(record.value)])
  }

  async end(): Promise<void> {
    await this.#container.end()
  }

  #valueParts(value: PortableValue): Buffer[] {
    switch (value.kind) {
      case 'none':
        return [AS_NULL]
      case 'event':
        return [AS_EVENT, value.body]
      case 'framed':
      case 'raw':
        return [AS_BYTES, undecodedType.toBuffer(this.#undecoded(value))]
    }
  }

  #undecoded(value: PortableValue & { readonly kind: 'framed' | 'raw' }): Undecoded {
    const { bytes } = value
    if (value.kind === 'raw') return { bytes, schema: null }
    const id = schemaIdOf(bytes) as number
    const schema = this.#told.has(id) ? null : value.schema.text
    this.#told.add(id)
    return { bytes, schema }
  }
}

function headOf({ topic, partition, offset, timestamp, key, headers }: LoggedRecord): Head {
  // The log tells times as numbers, which have no 2⁶³-1: the last long comes as one more.
  const time = BigInt(timestamp)
  return {
    topic,
    partition,
    offset,
    timestamp: BigInt.asUintN(64, time > LAST_LONG ? LAST_LONG : time),
    key,
    headers: new Map(Object.entries(headers)),
  }
}
