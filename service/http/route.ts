import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { KeyRole } from '../../operations/keys/key.ts'
import type { Caller } from './access/caller.ts'

/** A group of routes in the document of the API. */
export type RouteTag = 'Events' | 'Questions' | 'Analytics' | 'Tail' | 'Operations' | 'Keys' | 'Service'

/** An answer, as the document of the API tells it. */
export interface AnswerDescription {
  readonly description: string
  /** By content type; a schema of zod, or of JSON Schema. */
  readonly content?: Readonly<Record<string, z.ZodType | JsonSchema>>
  /** By name, as they are spelt: `Experience-Position`. */
  readonly headers?: Readonly<Record<string, HeaderDescription>>
}

/** A header that is read, or that an answer carries. */
export interface HeaderDescription {
  readonly description: string
  /** Of its text; any text where it is left out. */
  readonly schema?: JsonSchema
}

/** A request that works as it is, once the ones before it in the document were sent: shown as a line of curl. */
export interface RequestExample {
  /** What it does, in a few words. */
  readonly summary: string
  /** With parameters and query: `/v1/chains/chain-1?limit=10`. The route's own path where it is left out. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly type: string; readonly text: string }
  /** For an answer that never ends: curl is told not to hold lines back. */
  readonly isEndless?: boolean
}

export type JsonSchema = Readonly<Record<string, unknown>>

/** What is sent. */
export interface BodyDescription {
  readonly description: string
  readonly content: Readonly<Record<string, z.ZodType | JsonSchema>>
}

/** What a handler gets: what was asked for, checked. */
export interface Asked<Params, Query> {
  readonly params: Params
  readonly query: Query
  readonly caller: Caller
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** A route: how it is asked, who may ask, and what answers. The document of the API is made of it. */
export interface Route<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As OpenAPI spells it: `/v1/chains/{id}`. */
  readonly path: string
  readonly tag: RouteTag
  readonly summary: string
  readonly description?: string
  /** Roles of which a key needs one; `anyone` needs no key. */
  readonly needs: readonly KeyRole[] | 'anyone'
  readonly params?: Params
  readonly query?: Query
  /** Headers that it reads beside those of every request. */
  readonly headers?: Readonly<Record<string, HeaderDescription>>
  readonly body?: BodyDescription
  readonly examples?: readonly RequestExample[]
  /** Answers beside the errors that every route may give, by status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>
  /** Sends the answer, or throws. */
  readonly handle: (asked: Asked<z.output<Params>, z.output<Query>>) => Promise<void>
}

/** Infers what the route takes. */
export function route<Params extends z.ZodType, Query extends z.ZodType>(
  definition: Route<Params, Query>,
): Route<Params, Query> {
  return definition
}

/** Any route: what its handler takes is checked by its own schemas. */
export type AnyRoute = Omit<Route, 'handle'> & { readonly handle: (asked: Asked<never, never>) => Promise<void> }
