import { unexpectedAnswer, type JsonObject } from './read-json.ts'

/** The rows of an answer. Error: `StorageError`, where it has none. */
export function rowsIn(answer: JsonObject, name: string): readonly JsonObject[] {
  const rows = answer[name]
  if (!Array.isArray(rows)) throw unexpectedAnswer(`holds no ${name}`)
  return rows as JsonObject[]
}

/** The row, with these fields as numbers: JSON prints one that happens to be whole as it prints a count. */
export function withNumbers(row: JsonObject, names: readonly string[]): JsonObject {
  const numbers = names.filter((name) => typeof row[name] === 'bigint').map((name) => [name, Number(row[name])])
  return { ...row, ...(Object.fromEntries(numbers) as JsonObject) }
}
