import { z } from 'zod'

/**
 * What a zod schema alone does not say about a type's form in JSON and Avro. Kept beside the schema, so that the exact
 * reader, the exact writer and the Avro schema all derive from the one description of the contract.
 */
export type WireMetadata =
  | { readonly form: 'u32' | 'u64' | 'f32' | 'f64' | 'hash' | 'json' }
  | { readonly form: 'words'; readonly name: string }
  | { readonly form: 'map' }
  /** `{"type": word, <content>: body}` */
  | { readonly form: 'adjacent'; readonly name: string; readonly content: 'data' | 'policy' }
  /** `{"type": word, …the body's own fields}` */
  | { readonly form: 'internal'; readonly name: string }
  /** `"Word"`, or `{"Word": body}` */
  | { readonly form: 'external'; readonly name: string }

export const wireMetadata = z.registry<WireMetadata>()

/** Fields that are left out of the JSON when they hold their default (docs/contract.md §1: N-omit, D-omit). */
export const omittedWhenDefault = z.registry<{ readonly omit: true }>()
