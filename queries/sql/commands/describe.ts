import { constantsOf, type SqlCatalog } from '../names.ts'
import { parseStatement } from '../read/parse.ts'
import type { TokenReader } from '../read/token-reader.ts'
import { quoteText } from '../../../base/quote-sql.ts'
import { quoteName } from '../print/quote-name.ts'
import type { Command } from './command.ts'
import { readTableThere } from './named-table.ts'

/** What DESCRIBE tells of a column beside its name and type; nothing but the comment applies to views. */
export const DESCRIBED =
  "'' AS default_type, '' AS default_expression, comment, '' AS codec_expression, '' AS ttl_expression"

/** `DESCRIBE [TABLE] view`, or of a SELECT in brackets. Throws `SqlRefused`. */
export function readDescribe(reader: TokenReader, catalog: SqlCatalog): Command {
  reader.tookWords('TABLE')
  if (reader.isQueryInBrackets()) {
    reader.expectSymbol('(')
    const query = reader.query()
    reader.expectSymbol(')')
    return { kind: 'describe', query }
  }
  const table = readTableThere(reader, catalog)
  if (constantsOf(catalog, table) !== null) {
    const name = `${quoteName(table.database)}.${quoteName(table.name)}`
    return { kind: 'describe', query: parseStatement(`SELECT * FROM ${name}`) }
  }
  const where = `database = ${quoteText(table.database)} AND table = ${quoteText(table.name)}`
  return {
    kind: 'select',
    text: `SELECT name, type, ${DESCRIBED} FROM system.columns WHERE ${where} ORDER BY position`,
  }
}
