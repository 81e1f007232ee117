import type { NativeBlock } from './native/block-builder.ts'

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
  insert(block: InsertBlock): Promise<void>
  close(): Promise<void>
}
