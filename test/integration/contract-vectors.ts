import { readdirSync, readFileSync } from 'node:fs'

const VECTORS = new URL('../conformance/vectors/', import.meta.url)

export interface Vector {
  readonly name: string
  /** An envelope's JSON text, or what is none. */
  readonly text: string
  /** Of invalid ones: layer, field and fault. */
  readonly why: string
}

/** The contract's vectors of one kind, by name. */
export function readVectors(kind: 'public' | 'lenient' | 'invalid'): Vector[] {
  return readdirSync(new URL(`${kind}/`, VECTORS))
    .filter((file) => file.endsWith('.json') && !file.endsWith('.canonical.json'))
    .toSorted()
    .map((file) => {
      const name = file.slice(0, -'.json'.length)
      const why = kind === 'invalid' ? readText(`${kind}/${name}.why.txt`) : ''
      return { name, text: readText(`${kind}/${file}`), why }
    })
}

export interface QueryCase {
  readonly name: string
  readonly query: {
    readonly tenant_id: string | null
    readonly time_range: { readonly start: string | null; readonly end: string | null } | null
    readonly kinds: readonly string[]
    readonly correlation_id: string | null
    readonly chain_id: string | null
    readonly limit: bigint | null
  }
  readonly expect: readonly string[]
}

export interface QueryVectors {
  /** The events as JSON texts, in the order of their append. */
  readonly events: readonly string[]
  readonly cases: readonly QueryCase[]
  /** Trace link id → the trace's type, or null. */
  readonly trace_links: Readonly<Record<string, string | null>>
  readonly summary_of_all: Readonly<Record<string, unknown>>
}

/** What the reference's store in memory answers. */
export function readQueryVectors(): QueryVectors {
  const vectors = JSON.parse(readText('query/memory_store_cases.json')) as {
    events: unknown[]
    cases: (QueryCase & { query: { limit: number | null } })[]
    trace_links: Record<string, string | null>
    summary_of_all: Record<string, unknown>
  }
  return {
    ...vectors,
    // None of these events holds a number that JSON.parse changes in a way that tells.
    events: vectors.events.map((event) => JSON.stringify(event)),
    cases: vectors.cases.map((each) => ({ ...each, query: { ...each.query, limit: exactLimit(each.query.limit) } })),
  }
}

/** Every transition between artifact states, and whether the contract allows it. */
export function readTransitions(): { readonly from: string; readonly to: string; readonly allowed: boolean }[] {
  return JSON.parse(readText('query/artifact_transitions.json')) as ReturnType<typeof readTransitions>
}

/** `JSON.parse` makes 2⁶⁴ of 2⁶⁴ - 1, the only limit above 2⁵³. */
function exactLimit(limit: number | null): bigint | null {
  if (limit === null) return null
  return limit > Number.MAX_SAFE_INTEGER ? 2n ** 64n - 1n : BigInt(limit)
}

function readText(path: string): string {
  return readFileSync(new URL(path, VECTORS), 'utf8').trimEnd()
}
