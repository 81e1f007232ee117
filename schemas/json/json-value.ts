/** Since Node 21: the source text of a number that is parsed, and numbers that are printed as a given text. */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown }

/**
 * The value of a JSON text, which `JSON.stringify` prints as that text again: integers beyond 2^53, `1.0` and `-0.0` as well. Only
 * the keys of objects that look like integers move to the front, as in every JavaScript object.
 *
 * Before Node 21 JavaScript cannot print them: `1.0` becomes `1`, and a number that would become another one throws a `TypeError`.
 */
export function jsonValueOf(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number') return value
    const source = context?.source
    if (rawJSON !== undefined && source !== undefined) return JSON.stringify(value) === source ? value : rawJSON(source)
    if (Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      throw new TypeError(
        'before Node 21 JSON.stringify cannot print -0.0 and integers beyond 2^53: use envelopeToJson',
      )
    return value
  })
}

/** The property `toJSON` of values that `JSON.stringify` is to print as their JSON text. */
export function printedBy(toJson: (value: never) => string): PropertyDescriptor {
  return printedFrom((value: never) => jsonValueOf(toJson(value)))
}

/**
 * The property `toJSON` of values in whose place `JSON.stringify` is to print another value. It is not enumerable: comparisons, copies
 * and clones do not see it.
 */
export function printedFrom(toValue: (value: never) => unknown): PropertyDescriptor {
  const value = function (this: never): unknown {
    return toValue(this)
  }
  return { value, configurable: true, writable: true, enumerable: false }
}
