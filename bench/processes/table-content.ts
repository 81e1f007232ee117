/** What a table holds: two tables of equal content were made of the same events. */
export interface TableContent {
  readonly rows: string
  /** A sum of hashes over all rows and all columns but the topic, whose name differs. */
  readonly whole: string
  /** The same without the payload. */
  readonly lean: string
}

/** The statement whose row tells the content of a table or view of events. */
export function contentOf(qualifiedName: string): string {
  const sum = (without: string): string => `toString(sum(cityHash64(tuple(* EXCEPT (${without})))))`
  return `SELECT toString(count()) AS rows, ${sum('topic')} AS whole, ${sum('topic, payload')} AS lean FROM ${qualifiedName}`
}
