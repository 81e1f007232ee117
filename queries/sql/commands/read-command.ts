import type { SqlCatalog } from '../names.ts'
import type { TokenReader } from '../read/token-reader.ts'
import type { Command } from './command.ts'
import { readDescribe } from './describe.ts'
import { readExists } from './exists.ts'
import { readShow } from './show.ts'
import { readSetting } from '../read/parse-tail.ts'
import { readName } from '../read/parse-name.ts'
import { checkDatabase } from './named-table.ts'

/** A statement that clients send beside SELECTs; null, and nothing taken, where none of those stands. Throws `SqlRefused`. */
export function readCommand(reader: TokenReader, catalog: SqlCatalog): Command | null {
  if (reader.tookWords('SHOW')) return { kind: 'select', text: readShow(reader, catalog) }
  if (reader.tookOneOf('DESCRIBE', 'DESC') !== null) return readDescribe(reader, catalog)
  if (reader.isWords('EXISTS') && !reader.isSymbol('(', 1)) return { kind: 'select', text: readExists(reader, catalog) }
  if (reader.tookWords('USE')) {
    const { at } = reader.token
    checkDatabase(readName(reader), at, catalog)
    return { kind: 'nothing', settings: [] }
  }
  if (reader.tookWords('KILL', 'QUERY')) return { kind: 'kill', queryId: readKilled(reader) }
  if (reader.isWords('SET', 'ROLE')) throw reader.refused('not_supported', 'SET ROLE: a key has its roles')
  if (reader.tookWords('SET')) return { kind: 'nothing', settings: reader.list(() => readSetting(reader)) }
  return null
}

/** `WHERE query_id = '…' [ASYNC|SYNC]`: who asks names its own, one at a time. */
function readKilled(reader: TokenReader): string {
  reader.expectWords('WHERE', 'QUERY_ID')
  if (!reader.tookSymbol('==')) reader.expectSymbol('=')
  if (reader.token.kind !== 'string') throw reader.unexpected('a text')
  const { text } = reader.take()
  reader.tookOneOf('ASYNC', 'SYNC')
  return text
}
