import type { z } from 'zod'
import { U32_MAX, U64_MAX } from '../../../schemas/contract/scalars.ts'
import { wireMetadata, type WireMetadata } from '../../../schemas/contract/wire-metadata.ts'
import { wireFormOf, type WireForm } from '../../../schemas/wire-form.ts'
import type { JsonSchema } from '../route.ts'

/** The largest 32-bit float (IEEE 754 binary32): what is beyond has no JSON form. */
const F32_MAX = 3.402_823_466_385_288_6e38

/** Marks a schema that the contract gives a name, until it becomes a component. */
export const NAME_MARK = 'x-name'

const SCALARS = {
  u32: { type: 'integer', format: 'uint32', minimum: 0, maximum: U32_MAX },
  // zod cannot take the maximum with it: `withMaximum` adds it.
  u64: { type: 'integer', format: 'uint64', minimum: 0 },
  f32: { type: 'number', format: 'float', minimum: -F32_MAX, maximum: F32_MAX },
  f64: { type: 'number', format: 'double' },
  hash: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
  json: {},
} satisfies Readonly<Record<string, JsonSchema>>

/** The wire form of a type as JSON Schema, where zod alone cannot tell it; null where it can. */
export function wireSchemaOf(schema: z.core.$ZodType): JsonSchema | null {
  const metadata = wireMetadata.get(schema)
  return metadata === undefined ? null : schemaOf(metadata, schema)
}

/** A 64-bit integer with its bounds, exactly. */
export function withMaximum(schema: JsonSchema): JsonSchema {
  return schema['format'] === 'uint64' ? { maximum: U64_MAX, ...schema } : schema
}

function schemaOf(metadata: WireMetadata, schema: z.core.$ZodType): JsonSchema {
  switch (metadata.form) {
    case 'u32':
    case 'u64':
    case 'f32':
    case 'f64':
    case 'hash':
    case 'json':
      return SCALARS[metadata.form]
    case 'map':
      return mapSchema(wireFormOf(schema))
    case 'words':
    case 'adjacent':
    case 'internal':
    case 'external':
      return { [NAME_MARK]: metadata.name }
  }
}

function mapSchema(form: WireForm): JsonSchema {
  if (form.form !== 'map') throw new TypeError(`a map is needed, not ${form.form}`)
  const keys = form.keyWords === null ? {} : { propertyNames: { enum: form.keyWords } }
  return { type: 'object', ...keys, additionalProperties: valueSchema(form.value) }
}

/** What maps of the contract hold: texts and lists of them. */
function valueSchema(form: WireForm): JsonSchema {
  if (form.form === 'string') return { type: 'string' }
  if (form.form === 'array') return { type: 'array', items: valueSchema(form.item) }
  throw new TypeError(`no map of the contract holds ${form.form}`)
}
