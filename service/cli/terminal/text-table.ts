import { jsonLine } from '../../../schemas/json/json-line.ts'

type Cell = string | number | bigint | boolean | object | null | undefined

/** Rows as a table for people: a line of names, numbers to the right, nothing for null. Empty without rows. */
export function textTable(rows: readonly object[]): string {
  const first = rows[0]
  if (first === undefined) return '(none)'
  const names = Object.keys(first)
  const cells = rows.map((row) => names.map((name) => textOf((row as Record<string, Cell>)[name])))
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)))
  const right = names.map((name) => rows.some((row) => isNumber((row as Record<string, Cell>)[name])))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) =>
        right[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(names), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n')
}

function isNumber(value: Cell): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function textOf(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(3)
  const text = typeof value === 'object' ? jsonLine(value) : String(value)
  // What came from outside must not move the cursor or break the table.
  return text.replaceAll(/\p{Cc}/gu, '·')
}
