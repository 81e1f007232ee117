export interface CountedCalls<Port extends object> {
  /** The real one. */
  readonly of: Port
  /** How often a method was called. */
  calls(method: keyof Port): number
}

/** A real port, of which a test sees how often it is asked: what must not grow with the number of tenants. */
export function countedCalls<Port extends object>(port: Port): CountedCalls<Port> {
  const counts = new Map<string | symbol, number>()
  const of = new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        counts.set(name, (counts.get(name) ?? 0) + 1)
        return Reflect.apply(value, target, given)
      }
    },
  })
  return { of, calls: (method) => counts.get(method as string) ?? 0 }
}
