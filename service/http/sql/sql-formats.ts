import type { ForeignQuestion } from '../../../projections/read-model-store.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { NDJSON } from '../answers/send-lines.ts'
import type { FreshnessTold } from '../query/consistency.ts'
import { linesIn, recordsIn, withoutMore } from './rows-in-text.ts'

/** A form in which an answer is sent. */
export interface SqlFormat {
  readonly type: string
  /** The answer to a statement that was checked and printed. Errors: those of `ask`. */
  readonly answer: (asked: AskedRows) => Promise<SqlAnswer>
}

export interface AskedRows {
  readonly sql: string
  readonly mostRows: number
  readonly freshness: FreshnessTold
  readonly ask: (question: RowsQuestion) => Promise<Buffer>
}

/** What the engine is asked for: as `ForeignQuestion`, with the limits of the process but for the rows. */
export type RowsQuestion = Pick<ForeignQuestion, 'sql' | 'format' | 'settings'> &
  Pick<ForeignQuestion['limits'], 'rows' | 'more'>

export interface SqlAnswer {
  readonly body: Buffer | string
  readonly count: number
  readonly isCut: boolean
}

/** A form of text, of which rows beyond the most are cut off. */
function textual(type: string, format: string, answer: (text: string, asked: AskedRows) => SqlAnswer): SqlFormat {
  return {
    type: `${type}; charset=utf-8`,
    answer: async (asked) => {
      const { sql, mostRows: rows, ask } = asked
      return answer((await ask({ sql, format, rows, more: 'one' })).toString(), asked)
    },
  }
}

const json = textual('application/json', 'JSONCompactEachRowWithNamesAndTypes', (text, { mostRows, freshness }) => {
  const [names = '[]', types = '[]', ...lines] = linesIn(text)
  const { rows, isCut } = withoutMore(lines, mostRows)
  const typeOf = JSON.parse(types) as string[]
  const columns = (JSON.parse(names) as string[]).map((name, place) => ({ name, type: typeOf[place] }))
  const end = jsonLine({ count: rows.length, cut: isCut, freshness })
  const body = `{"columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}],${end.slice(1)}\n`
  return { body, count: rows.length, isCut }
})

const lines = textual(NDJSON, 'JSONEachRow', (text, { mostRows, freshness }) => {
  const { rows, isCut } = withoutMore(linesIn(text), mostRows)
  const end = jsonLine({ count: rows.length, cut: isCut, freshness })
  return { body: `${[...rows, end].join('\n')}\n`, count: rows.length, isCut }
})

const csv = textual('text/csv', 'CSVWithNames', (text, { mostRows }) => {
  const [names = '', ...records] = recordsIn(text)
  const { rows, isCut } = withoutMore(records, mostRows)
  return { body: `${[names, ...rows].join('\n')}\n`, count: rows.length, isCut }
})

/** The forms of text, the one that is sent to whoever does not ask for another first. */
export const TEXT_FORMATS = [json, lines, csv] as const
