/** Rows of an answer in the engine's own words, and whether there would have been more of them. */
export interface RowsInText {
  readonly rows: readonly string[]
  readonly isCut: boolean
}

/** The lines of a text, of which the last ends with a line feed, too. */
export function linesIn(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The records of CSV: a line feed between quotes belongs to its record. */
export function recordsIn(csv: string): string[] {
  const records: string[] = []
  let begun: string[] = []
  let isOpen = false
  for (const line of linesIn(csv)) {
    begun.push(line)
    // A quote within quotes is doubled, so that an odd number of them opens or closes.
    if (line.split('"').length % 2 === 0) isOpen = !isOpen
    if (isOpen) continue
    records.push(begun.join('\n'))
    begun = []
  }
  return records
}

/** As many rows as an answer may have. */
export function withoutMore(rows: readonly string[], most: number): RowsInText {
  return rows.length > most ? { rows: rows.slice(0, most), isCut: true } : { rows, isCut: false }
}
