import {
  AVRO_NAMESPACE,
  ENVELOPE_SUBJECT,
  envelopeAvroSchema,
  type AvroSchema,
} from '../../schemas/avro/schema/avro-schema.ts'
import { typeOf } from '../../schemas/avro/avsc-types/type-of.ts'
import type { Position } from '../../base/position.ts'
import type { PortableValue } from './portable-value.ts'

/** A record as an archive holds it. */
export interface LoggedRecord extends Position {
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  /** ms since the epoch. */
  readonly timestamp: number
  readonly value: PortableValue
}

const undecodedSchema = {
  type: 'record',
  name: 'UndecodedValue',
  namespace: AVRO_NAMESPACE,
  doc: 'A value that is not in the envelope schema of this file: of another version of it, or no event at all.',
  fields: [
    { name: 'bytes', doc: 'As they stood in the log.', type: 'bytes' },
    {
      name: 'schema',
      doc: 'Text of the schema that bytes 1 to 4 name by its id, at the first record of the file that names it. Null where it was told before, or where the registry does not know the id.',
      type: ['null', 'string'],
      default: null,
    },
  ],
} as const satisfies AvroSchema

const headFields = [
  { name: 'topic', doc: 'Topic of the record: prefix, kind and tenant.', type: 'string' },
  { name: 'partition', doc: 'Partition of the topic.', type: 'int' },
  { name: 'offset', doc: 'Place in the partition.', type: 'long' },
  {
    name: 'timestamp',
    doc: 'When the log took the record.',
    type: { type: 'long', logicalType: 'timestamp-millis' },
  },
  { name: 'key', doc: 'Key of the record, which chooses its partition.', type: 'string' },
  { name: 'headers', doc: 'Headers of the record.', type: { type: 'map', values: 'string' } },
] as const satisfies readonly AvroSchema[]

const NAME = 'LoggedRecord'
export const LOGGED_RECORD = `${AVRO_NAMESPACE}.${NAME}`
export const UNDECODED_VALUE = `${AVRO_NAMESPACE}.${undecodedSchema.name}`

/** Branches of the value's union, in its order. */
export const BRANCHES = ['null', ENVELOPE_SUBJECT, UNDECODED_VALUE] as const

function recordSchema(fields: readonly AvroSchema[]): AvroSchema {
  return {
    type: 'record',
    name: NAME,
    namespace: AVRO_NAMESPACE,
    doc: 'A record of the log.',
    fields,
  }
}

/** The schema of an archive's records. The value comes last, so that an envelope is the rest of the record, byte for byte. */
export const loggedRecordSchema: AvroSchema = recordSchema([
  ...headFields,
  {
    name: 'value',
    doc: 'The event; or bytes that are none, or of another version of the schema; or null for a record without value.',
    type: ['null', envelopeAvroSchema, undecodedSchema],
  },
])

/** All but the value. */
export const headType = typeOf(recordSchema(headFields))
export const undecodedType = typeOf(undecodedSchema)

/** What `headType` reads and writes. Longs are 64 bits read as unsigned. */
export interface Head {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: string
  readonly headers: ReadonlyMap<string, string>
}

/** What `undecodedType` reads and writes. */
export interface Undecoded {
  readonly bytes: Buffer
  readonly schema: string | null
}
