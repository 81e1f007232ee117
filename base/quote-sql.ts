/** A text as an SQL literal of ClickHouse; every control character that ends or cuts a statement is escaped. */
export function quoteText(text: string): string {
  return `'${text.replace(/[\\'\n\r\t\0]/g, (character) => escapes[character] ?? character)}'`
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
}

/** Whether a name may stand in SQL as it is. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/** A column or table name between back-ticks. Throws a `TypeError` for what is not a plain identifier. */
export function quoteIdentifier(name: string): string {
  if (!isIdentifier(name)) throw new TypeError(`not an identifier: ${JSON.stringify(name)}`)
  return `\`${name}\``
}
