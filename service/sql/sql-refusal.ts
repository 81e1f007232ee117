import { placeIn, type SqlFault, type SqlFaultCode } from '../../queries/sql/sql-fault.ts'
import type { FaultInText } from '../http/http-error.ts'

/** ClickHouse's number for a fault, and its name for that number. */
export interface FaultNumber {
  readonly number: number
  readonly type: string
}

/** A statement that is not answered, in words of ours: by our lists, or by the engine. */
export class SqlRefusal extends Error {
  override readonly name = 'SqlRefusal'
  readonly number: number
  readonly type: string
  /** Everything that is wrong, where that is known by place. */
  readonly faults: readonly FaultInText[] | undefined

  constructor(
    { number, type }: FaultNumber,
    message: string,
    options: { faults?: FaultInText[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.number = number
    this.type = type
    this.faults = options.faults
  }
}

const NUMBERS: Readonly<Record<SqlFaultCode, FaultNumber>> = {
  syntax: { number: 62, type: 'SYNTAX_ERROR' },
  not_supported: { number: 48, type: 'NOT_IMPLEMENTED' },
  unknown_function: { number: 46, type: 'UNKNOWN_FUNCTION' },
  unknown_view: { number: 60, type: 'UNKNOWN_TABLE' },
  unknown_column: { number: 47, type: 'UNKNOWN_IDENTIFIER' },
  unknown_type: { number: 50, type: 'UNKNOWN_TYPE' },
  unknown_database: { number: 81, type: 'UNKNOWN_DATABASE' },
  unknown_setting: { number: 115, type: 'UNKNOWN_SETTING' },
  writes: { number: 164, type: 'READONLY' },
  parameter: { number: 457, type: 'BAD_QUERY_PARAMETER' },
  too_large: { number: 168, type: 'TOO_BIG_AST' },
}

/** What our lists find wrong with a statement, which stands in `text`. */
export function refusedByLists(text: string, faults: readonly SqlFault[]): SqlRefusal {
  const told = faults.map(({ code, message, at }) => ({ code, message, ...placeIn(text, at) }))
  const [first] = told
  const others = told.length === 1 ? '' : ` (and ${told.length - 1} more)`
  const message = `line ${first!.line}, column ${first!.column}: ${first!.message}${others}`
  return new SqlRefusal(NUMBERS[faults[0]!.code], message, { faults: told })
}
