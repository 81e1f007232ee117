import { compareColumns } from '../forms/compare-forms.ts'
import type { StoredColumn } from '../forms/stored-form.ts'
import { quoteText } from '../../base/quote-sql.ts'
import { type Columns } from '../columns/table-columns.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'

/**
 * The SELECT that shows a table of whatever form with the columns of a release: what the table lacks is NULL, or the default of
 * its type where that has no NULL; what the release does not know comes last.
 */
export function tableSelect(qualifiedName: string, stored: readonly StoredColumn[], columns: Columns): string {
  const { lacking, unknown } = compareColumns(stored, columns)
  const isLacking = new Set(lacking)
  const selected = Object.entries(columns).map(([name, { type }]) =>
    isLacking.has(name)
      ? `defaultValueOfTypeName(${quoteText(type.sql)}) AS ${quoteIdentifier(name)}`
      : quoteIdentifier(name),
  )
  const others = unknown.map(({ name }) => quoteIdentifier(name))
  return `SELECT ${[...selected, ...others].join(', ')} FROM ${qualifiedName}`
}
