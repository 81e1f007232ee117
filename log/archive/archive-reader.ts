import type { Type } from 'avsc'
import { ENVELOPE_SUBJECT } from '../../schemas/avro/schema/avro-schema.ts'
import { typeOf } from '../../schemas/avro/avsc-types/type-of.ts'
import { schemaIdOf } from '../../schemas/avro/wire-format.ts'
import { offset } from '../../base/position.ts'
import { fileFault } from './container-format.ts'
import { ContainerReader, type ContainerBlock } from './container-reader.ts'
import {
  BRANCHES,
  headType,
  LOGGED_RECORD,
  undecodedType,
  type Head,
  type LoggedRecord,
  type Undecoded,
} from './logged-record.ts'
import { NO_VALUE, type PortableValue } from './portable-value.ts'
import { writerSchema, type WriterSchema } from './writer-schema.ts'

/** What is read at a place in a block, and where it ends. */
interface Read<Value> {
  readonly value: Value
  readonly end: number
}

/**
 * The records of an archive, in their order. Errors: `InvalidQuery` of the field `file` for a file that is none, or that is cut
 * off or damaged, with the block and the record at fault; that of the stream.
 */
export async function* readArchive(input: AsyncIterable<Uint8Array>): AsyncGenerator<LoggedRecord, void> {
  const container = await ContainerReader.open(input)
  const records = new BlockRecords(envelopeSchemaOf(container.schema))
  let before = 0
  for await (const block of container.blocks()) {
    yield* records.of(block, before)
    before += block.count
  }
}

/** Reads the records of blocks, in the order of the file. */
class BlockRecords {
  readonly #envelope: WriterSchema
  /** Schemas that the file has told, by their ids in the log that it comes from. */
  readonly #told = new Map<number, WriterSchema>()

  constructor(envelope: WriterSchema) {
    this.#envelope = envelope
  }

  /** `before`: how many records of the file come before the block. */
  *of({ number, count, data }: ContainerBlock, before: number): Generator<LoggedRecord, void> {
    let at = 0
    for (let index = 1; index <= count; index++) {
      let read: Read<LoggedRecord>
      try {
        read = this.#record(data, at)
      } catch (cause) {
        throw fileFault(
          `record ${before + index} (in block ${number}) is damaged: it does not fit the file's schema`,
          cause,
        )
      }
      at = read.end
      yield read.value
    }
    if (at < data.length) throw fileFault(`block ${number} is damaged: it holds more than its ${count} records`)
  }

  #record(data: Buffer, start: number): Read<LoggedRecord> {
    const { value: head, end: branchAt } = readType<Head>(headType, data, start)
    const { value, end } = this.#value(data, branchAt)
    const { topic, partition, key } = head
    const headers = Object.fromEntries(head.headers)
    const timestamp = Number(BigInt.asIntN(64, head.timestamp))
    return { value: { topic, partition, offset: offset(head.offset), key, headers, timestamp, value }, end }
  }

  #value(data: Buffer, branchAt: number): Read<PortableValue> {
    const start = branchAt + 1
    // A long, but these are small.
    const branch = BRANCHES[(data[branchAt] ?? -1) / 2]
    if (branch === undefined) throw new RangeError('no branch of the union')
    if (branch === 'null') return { value: NO_VALUE, end: start }
    if (branch === ENVELOPE_SUBJECT) {
      const schema = this.#envelope
      const { value, end } = readType(schema.type, data, start)
      const canonical = schema.sortingType.toBuffer(value)
      return { value: { kind: 'event', schema, body: data.subarray(start, end), canonical }, end }
    }
    const { value, end } = readType<Undecoded>(undecodedType, data, start)
    return { value: this.#undecoded(value), end }
  }

  #undecoded({ bytes, schema: text }: Undecoded): PortableValue {
    const id = schemaIdOf(bytes)
    if (id === null) return { kind: 'raw', bytes }
    if (text !== null) this.#told.set(id, schemaOfText(text))
    const schema = this.#told.get(id)
    return schema === undefined ? { kind: 'raw', bytes } : { kind: 'framed', schema, bytes }
  }
}

function schemaOfText(text: string): WriterSchema {
  const schema = writerSchema(text)
  if (schema === null) throw new TypeError('no Avro schema')
  return schema
}

function readType<Value>(type: Type, data: Buffer, start: number): Read<Value> {
  const { value, offset: end } = type.decode(data, start)
  if (end < 0) throw new RangeError('the block ends within a value')
  return { value, end }
}

interface RecordSchema {
  readonly name?: unknown
  readonly fields?: readonly { readonly name?: unknown; readonly type?: unknown }[]
}

/**
 * The schema of the events in the file, which may be that of another release. Error: `InvalidQuery` where the file holds
 * other records than an archive.
 */
function envelopeSchemaOf(schema: unknown): WriterSchema {
  let fields: RecordSchema['fields']
  let isArchive = false
  try {
    const type = typeOf(schema)
    fields = (schema as RecordSchema).fields ?? []
    const branches = fields.at(-1)?.type
    const names = Array.isArray(branches) ? branches.map((each) => typeOf(each).branchName) : []
    isArchive =
      type.name === LOGGED_RECORD &&
      typeOf({ ...(schema as object), fields: fields.slice(0, -1) }).equals(headType) &&
      names.join() === BRANCHES.join() &&
      typeOf((branches as unknown[])[2]).equals(undecodedType)
    if (isArchive) return writerSchema(JSON.stringify((branches as unknown[])[1])) as WriterSchema
  } catch (cause) {
    throw fileFault('it is not an exported log: its schema cannot be read', cause)
  }
  const found = (schema as RecordSchema | null)?.name
  throw fileFault(
    `it is not an exported log: its records are ${JSON.stringify(found ?? null)}, not ${LOGGED_RECORD} as this release knows them`,
  )
}
