import type { Type } from 'avsc'

type Resolver = ReturnType<Type['createResolver']>
type HalfMade = { readonly _read: unknown } | undefined

/**
 * How a reader's type reads what a writer's wrote. Throws where it cannot.
 *
 * avsc 5.7 remembers the resolver of two records before it is whole, for recursive schemas, and keeps it where the records turn
 * out not to match: a second union of the same records then took the half-made one, and no value of its later branches could be
 * read. None of our types is recursive, so only whole resolvers are handed out.
 */
export function resolverOf(reader: Type, writer: Type): Resolver {
  const registry = new Proxy<Record<string, HalfMade>>(
    {},
    { get: (resolvers, key: string) => (resolvers[key]?._read == null ? undefined : resolvers[key]) },
  )
  return reader.createResolver(writer, { registry } as object)
}
