/**
 * `['event', 'data', 'contract_results', 0]` → `event.data.contract_results[0]`. Keys come from outside: long ones are cut, so
 * that they do not fill error texts.
 */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .reduce<string>((text, part) => {
      if (typeof part === 'number') return `${text}[${part}]`
      const name = String(part)
      const shown = name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH)}…`
      return text === '' ? shown : `${text}.${shown}`
    }, '')
    .toWellFormed()
}

const MAX_NAME_LENGTH = 64
