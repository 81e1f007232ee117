import type { SqlCatalog } from '../names.ts'
import { readName } from '../read/parse-name.ts'
import type { TokenReader } from '../read/token-reader.ts'
import { databasesOf, isThere, readNamedTable } from './named-table.ts'

/** `EXISTS [TABLE|VIEW|DATABASE|DICTIONARY] name` as a SELECT. Throws `SqlRefused`. */
export function readExists(reader: TokenReader, catalog: SqlCatalog): string {
  reader.expectWords('EXISTS')
  const answer = (isIt: boolean): string => `SELECT CAST(${isIt ? 1 : 0}, 'UInt8') AS result`
  if (reader.tookWords('DATABASE')) return answer(databasesOf(catalog).includes(readName(reader)))
  reader.tookWords('TEMPORARY')
  const what = reader.tookOneOf('TABLE', 'VIEW', 'DICTIONARY')
  const found = isThere(readNamedTable(reader, catalog), catalog)
  return answer(found && what !== 'DICTIONARY')
}
