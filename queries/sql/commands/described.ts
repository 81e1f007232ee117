import { constantTable } from '../constant-table.ts'
import { constantTableSql } from '../print/constant-sql.ts'
import { DESCRIBED } from './describe.ts'

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string
  readonly type: string
}

/** The columns of a SELECT as DESCRIBE answers them: a statement of constants. */
export function describedSql(columns: readonly AnswerColumn[]): string {
  const rows = columns.map(({ name, type }) => ({ name, type, comment: '' }))
  const table = constantTable({ name: 'String', type: 'String', comment: 'String' }, () => rows)
  return `SELECT name, type, ${DESCRIBED} FROM ${constantTableSql(table, () => true)}`
}
