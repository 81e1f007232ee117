/**
 * `['event', 'data', 'contract_results', 0]` → `event.data.contract_results[0]`. Keys come from outside: long ones are cut, so
 * that they do not fill error texts, and those that could not be told from the path itself are quoted, as in `["a.b"]` or `[""]`.
 */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .reduce<string>((text, part) => {
      if (typeof part === 'number') return `${text}[${part}]`
      const name = String(part)
      const shown = name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH)}…`
      if (!PLAIN.test(shown)) return `${text}[${JSON.stringify(shown)}]`
      return text === '' ? shown : `${text}.${shown}`
    }, '')
    .toWellFormed()
}

const MAX_NAME_LENGTH = 64
const PLAIN = /^[^.[\]"\s]+$/
