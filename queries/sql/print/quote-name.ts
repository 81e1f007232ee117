/** Any name between back-ticks, as the engine reads it. */
export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`\n\r\t\0]/g, (character) => ESCAPES[character] ?? character)}\``
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '`': '\\`',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
}

/** What a table of WITH is called in print: no table of any database has a colon in its name, so that none can be meant. */
export function tableOfWith(name: string): string {
  return quoteName(`with:${name}`)
}
