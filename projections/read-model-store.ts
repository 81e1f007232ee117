import type { NativeBlock } from './native/block-builder.ts'
import type { WallReport } from './sql-door/wall-report.ts'

/** A statement with named parameters: `{name:Type}` in the SQL, the value under `name`. */
export interface Statement {
  readonly sql: string
  readonly params?: Readonly<Record<string, unknown>>
  /**
   * What the answer of a query may take, bytes: one that takes more is given up with `AnswerTooLarge`, before this
   * process holds much more than that (an embedded engine: 128 MB). Only for a `SELECT` without settings. Default: no bound.
   */
  readonly mostBytes?: number
}

/** Whose rows a statement is about. */
export type ForeignTenant =
  | { readonly kind: 'all' }
  | { readonly kind: 'one'; readonly tenant: string }
  /** Nobody's: what a caller gets who names a tenant that it may not know. */
  | { readonly kind: 'none' }

/** A SELECT that somebody else thought of, checked and printed by us: what it may cost, and how its answer is written. */
export interface ForeignQuestion {
  readonly sql: string
  /** Whose rows it may see, which is told to a server that has a wall of its own. The statement itself filters in any case. */
  readonly tenant: ForeignTenant
  /** One of ClickHouse's that the caller of this knows: it is written into the statement as it is. */
  readonly format: string
  /** Settings of the engine beside ours, which are the stronger ones. The caller of this knows their names. */
  readonly settings?: Readonly<Record<string, string | number>>
  readonly limits: ForeignLimits
}

export interface ForeignLimits {
  /** Time that it may take, ms; whole seconds are counted. */
  readonly milliseconds: number
  readonly memoryBytes: number
  /** Rows of the answer. */
  readonly rows: number
  /** Where there would be more rows: there is one more, or an error (ClickHouse's 396), or they are left out. */
  readonly more: 'one' | 'error' | 'none'
  /** Bytes of the answer, as the engine holds them and as text; more are an error. */
  readonly resultBytes: number
}

/** Rows to insert. */
export interface InsertBlock extends NativeBlock {
  readonly table: string
  /** An insert with a token that the table has seen (within its window) is dropped by the server. */
  readonly deduplicationToken: string
}

/**
 * A ClickHouse that holds the read models. An insert that resolved is durable and visible to every later query.
 * Errors: `Unavailable` (cannot be reached, or may be retried), `StorageError` (the server refused; message and ClickHouse
 * code, never data).
 */
export interface ReadModelStore {
  /** The database that this project's tables live in. */
  readonly database: string
  /**
   * `` `database`.`name` ``: how statements name a table or view. Names are constants of ours or derived from them; anything else
   * is a mistake in the program and throws a `TypeError`.
   */
  table(name: string): string
  /** Runs DDL or another statement that returns nothing. */
  command(statement: Statement): Promise<void>
  /**
   * Rows as JSON objects; 64-bit and wider integers come as strings. When `left` aborts, nobody waits for them: the statement ends as far
   * as that is possible. Error: `Interrupted`, where it has.
   */
  query<Row>(statement: Statement, left?: AbortSignal): Promise<Row[]>
  /**
   * The answer to a foreign question in its format. It takes no turn of `query`. In JSON 64-bit numbers are bare. A refusal is a
   * `StorageError` whose cause is an `EngineFault`; where the wall that there should be is not safe, `Unavailable`. When `left` aborts, or
   * the time is over, the statement is ended as far as possible.
   */
  answerForeign(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer>
  insert(block: InsertBlock): Promise<void>
  close(): Promise<void>
  /** What the server itself holds foreign questions to; absent where they go out as the store's own user, or the engine has no users. */
  readonly wall?: { report(): Promise<WallReport> }
}
