import { quoteText } from '../../../base/quote-sql.ts'
import type { SqlCatalog } from '../names.ts'
import { readName } from '../read/parse-name.ts'
import type { TokenReader } from '../read/token-reader.ts'
import { checkDatabase, readTableThere } from './named-table.ts'

/** SHOW of what there is none of here: an answer without rows, which clients take for that. */
const NONE: Readonly<Record<string, string>> = {
  DICTIONARIES: 'name',
  CLUSTERS: 'cluster',
  INDEX: 'key_name',
  INDEXES: 'key_name',
  INDICES: 'key_name',
  KEYS: 'key_name',
}

/** What stands behind SHOW, as a SELECT over the catalog. Throws `SqlRefused`. */
export function readShow(reader: TokenReader, catalog: SqlCatalog): string {
  reader.tookWords('EXTENDED')
  reader.tookWords('FULL')
  reader.tookWords('TEMPORARY')
  const what = reader.token.text.toUpperCase()
  reader.take()
  switch (what) {
    case 'DATABASES':
      return `SELECT name FROM system.databases WHERE ${readFilter(reader, 'name')} ORDER BY name${readLimit(reader)}`
    case 'TABLES': {
      const inDatabase = `database = ${quoteText(readDatabase(reader, catalog))}`
      const filter = readFilter(reader, 'name')
      return `SELECT name FROM system.tables WHERE ${inDatabase} AND ${filter} ORDER BY name${readLimit(reader)}`
    }
    case 'COLUMNS':
    case 'FIELDS':
      return readColumns(reader, catalog)
    case 'CREATE':
      return readCreate(reader, catalog)
    case 'FUNCTIONS':
      return `SELECT * FROM system.functions WHERE ${readFilter(reader, 'name')} ORDER BY name`
    case 'SETTINGS':
      return `SELECT name, type, value FROM system.settings WHERE ${readFilter(reader, 'name')} ORDER BY name`
    case 'ENGINES':
      return 'SELECT name FROM system.table_engines ORDER BY name'
    default:
      return readNone(reader, what)
  }
}

function readNone(reader: TokenReader, what: string): string {
  const column = Object.hasOwn(NONE, what) ? NONE[what] : undefined
  if (column === undefined) throw reader.refused('not_supported', `SHOW ${what.slice(0, 40)}`)
  while (!reader.isAtTail() && !reader.isSymbol(';') && reader.token.kind !== 'end') reader.take()
  return `SELECT '' AS ${column} FROM system.databases WHERE false`
}

/** `FROM database`, which is the current one where it is left out. */
function readDatabase(reader: TokenReader, catalog: SqlCatalog): string {
  if (reader.tookOneOf('FROM', 'IN') === null) return catalog.currentDatabase
  const { at } = reader.token
  const name = readName(reader)
  checkDatabase(name, at, catalog)
  return name
}

/** `[NOT] LIKE 'x'`, which is true where it is left out. */
function readFilter(reader: TokenReader, column: string): string {
  const not = reader.tookWords('NOT') ? 'NOT ' : ''
  const like = reader.tookOneOf('LIKE', 'ILIKE')
  if (like === null) {
    if (not !== '' || reader.isWords('WHERE')) throw reader.unexpected('LIKE')
    return 'true'
  }
  if (reader.token.kind !== 'string') throw reader.unexpected('a text')
  return `${column} ${not}${like} ${quoteText(reader.take().text)}`
}

function readLimit(reader: TokenReader): string {
  if (!reader.tookWords('LIMIT')) return ''
  if (!/^\d{1,18}$/.test(reader.token.text)) throw reader.unexpected('a number')
  return ` LIMIT ${reader.take().text}`
}

/** `COLUMNS FROM view [FROM database]`, as MySQL's clients know it. */
function readColumns(reader: TokenReader, catalog: SqlCatalog): string {
  if (reader.tookOneOf('FROM', 'IN') === null) throw reader.unexpected('FROM')
  const table = readTableThere(reader, catalog)
  const database = reader.isWords('FROM') || reader.isWords('IN') ? readDatabase(reader, catalog) : table.database
  const where = `database = ${quoteText(database)} AND table = ${quoteText(table.name)}`
  return (
    "SELECT name AS field, type, if(startsWith(type, 'Nullable('), 'YES', 'NO') AS `null`, '' AS key, CAST(NULL, 'Nullable(String)') AS `default`, " +
    `'' AS extra FROM system.columns WHERE ${where} AND ${readFilter(reader, 'name')} ORDER BY position`
  )
}

/** `CREATE [TABLE|VIEW] view`: the view as clients may know of it, which is not how it is made. */
function readCreate(reader: TokenReader, catalog: SqlCatalog): string {
  if (reader.tookWords('DATABASE')) {
    const { at } = reader.token
    const name = readName(reader)
    checkDatabase(name, at, catalog)
    return `SELECT ${quoteText(`CREATE DATABASE ${name}`)} AS statement`
  }
  if (reader.isWords('DICTIONARY')) throw reader.refused('not_supported', 'SHOW CREATE DICTIONARY: there is none')
  reader.tookOneOf('TABLE', 'VIEW')
  const { database, name } = readTableThere(reader, catalog)
  const where = `database = ${quoteText(database)} AND name = ${quoteText(name)}`
  return `SELECT create_table_query AS statement FROM system.tables WHERE ${where}`
}
