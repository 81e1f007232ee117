/** What kind of fault a statement has. */
export type SqlFaultCode =
  | 'syntax'
  | 'not_supported'
  | 'unknown_function'
  | 'unknown_view'
  | 'unknown_column'
  | 'unknown_type'
  | 'unknown_database'
  | 'unknown_setting'
  | 'writes'
  | 'parameter'
  | 'too_large'

/** Something that is wrong with a statement, where it stands in the caller's text. */
export interface SqlFault {
  readonly code: SqlFaultCode
  /** What is wrong and, where there is one, the way to say it instead. */
  readonly message: string
  /** Offset in the text, UTF-16 units from 0. */
  readonly at: number
}

/** Thrown where reading cannot go on; never leaves this folder. */
export class SqlRefused extends Error {
  readonly fault: SqlFault

  constructor(code: SqlFaultCode, message: string, at: number) {
    super(message)
    this.fault = { code, message, at }
  }
}

/** A place in a text as people count: lines and columns from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

export function placeIn(text: string, at: number): TextPlace {
  const before = text.slice(0, at)
  const lastLine = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: at - lastLine }
}
