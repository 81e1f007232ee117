import { typeOf } from './envelope-avro.ts'

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

/** Why a reader's schema cannot read what a writer's schema wrote; null if it can. */
function readingFault(reader: string, writer: string): string | null {
  try {
    typeOf(JSON.parse(reader)).createResolver(typeOf(JSON.parse(writer)))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
