import type { SqlFormat } from '../sql-formats.ts'
import { rowsOfArrow } from './arrow-rows.ts'
import { rowsOfParquet } from './parquet-rows.ts'
import { inReadableTypes, type AnsweredColumn } from './readable-types.ts'

const PARQUET_SETTINGS = { output_format_parquet_string_as_string: 1, output_format_parquet_compression_method: 'zstd' }
const ARROW_SETTINGS = { output_format_arrow_string_as_string: 1, output_format_arrow_compression_method: 'none' }

/**
 * A format whose rows nobody can cut off behind: where there are more than an answer may have, the statement runs again, with as many. What types
 * its columns have is asked first.
 */
function binary(
  type: string,
  engineFormat: string,
  settings: Readonly<Record<string, string | number>>,
  rowsOf: (body: Buffer) => number,
): SqlFormat {
  return {
    type,
    answer: async ({ sql, mostRows, ask }) => {
      const [names = '[]', types = '[]'] = (
        await ask({ sql, format: 'JSONCompactEachRowWithNamesAndTypes', rows: 0, more: 'none' })
      )
        .toString()
        .split('\n')
      const typeOf = JSON.parse(types) as string[]
      const columns = (JSON.parse(names) as string[]).map((name, place): AnsweredColumn => ({
        name,
        type: typeOf[place]!,
      }))
      const question = { sql: inReadableTypes(sql, columns), format: engineFormat, settings, rows: mostRows }
      const body = await ask({ ...question, more: 'one' })
      const count = rowsOf(body)
      if (count <= mostRows) return { body, count, isCut: false }
      return { body: await ask({ ...question, more: 'none' }), count: mostRows, isCut: true }
    },
  }
}

export const BINARY_FORMATS: readonly SqlFormat[] = [
  binary('application/vnd.apache.parquet', 'Parquet', PARQUET_SETTINGS, rowsOfParquet),
  binary('application/vnd.apache.arrow.stream', 'ArrowStream', ARROW_SETTINGS, rowsOfArrow),
]
