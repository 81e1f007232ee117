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
