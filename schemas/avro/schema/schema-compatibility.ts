import avro, { type Type } from 'avsc'
import { typeOf } from '../avsc-types/type-of.ts'
import { resolverOf } from '../avsc-types/resolver-of.ts'

/**
 * Checks a schema against every earlier one of its subject in both directions (FULL_TRANSITIVE): each can read what the
 * other wrote. Answers with the first fault, or null.
 */
export function compatibilityFault(schema: string, earlier: readonly string[]): string | null {
  for (const [index, other] of earlier.entries()) {
    const fault = readingFault(schema, other) ?? readingFault(other, schema)
    if (fault !== null) return `incompatible with version ${index + 1}: ${fault}`
  }
  return null
}

/** Why a reader's schema cannot read all that a writer's schema can write; null if it can. */
export function readingFault(reader: string, writer: string): string | null {
  try {
    const [mine, theirs] = [typeOf(JSON.parse(reader)), typeOf(JSON.parse(writer))]
    const fault = resolvingFault(mine, theirs)
    return fault === null ? null : (innermostFault(mine, theirs) ?? fault)
  } catch (error) {
    return messageOf(error)
  }
}

/** The fault of the innermost type at fault: what avsc says of an outer one lists all its parts. */
function innermostFault(reader: Type, writer: Type): string | null {
  const written = namedTypesOf(writer)
  for (const [name, mine] of namedTypesOf(reader)) {
    const theirs = written.get(name)
    const fault = theirs === undefined ? null : resolvingFault(mine, theirs)
    if (fault !== null) return fault
  }
  return null
}

function resolvingFault(reader: Type, writer: Type): string | null {
  try {
    resolverOf(reader, writer)
    return null
  } catch (error) {
    return messageOf(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The records and enums of a type by name, inner ones before those that hold them. */
function namedTypesOf(type: Type, named = new Map<string, Type>(), begun = new Set<Type>()): Map<string, Type> {
  if (begun.has(type)) return named
  begun.add(type)
  for (const part of partsOf(type)) namedTypesOf(part, named, begun)
  if (type.name !== undefined) named.set(type.name, type)
  return named
}

function partsOf(type: Type): readonly Type[] {
  if (type instanceof avro.types.RecordType) return type.fields.map((field) => field.type)
  if (type instanceof avro.types.ArrayType) return [type.itemsType]
  if (type instanceof avro.types.MapType) return [type.valuesType]
  if (type instanceof avro.types.WrappedUnionType || type instanceof avro.types.UnwrappedUnionType) return type.types
  return []
}
