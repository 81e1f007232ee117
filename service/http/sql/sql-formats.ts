import type { ForeignQuestion } from '../../../projections/read-model-store.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { NDJSON } from '../answers/send-lines.ts'
import type { FreshnessTold } from '../query/consistency.ts'
import { linesIn, recordsIn, withoutMore } from './rows-in-text.ts'

/** A form in which an answer is sent. */
export interface SqlFormat {
  readonly type: string
  readonly engineFormat: ForeignQuestion['format']
  /** The answer, of what the engine wrote. */
  readonly answer: (text: string, mostRows: number, freshness: FreshnessTold) => SqlAnswer
}

export interface SqlAnswer {
  readonly text: string
  readonly count: number
  readonly isCut: boolean
}

const json: SqlFormat = {
  type: 'application/json',
  engineFormat: 'JSONCompactEachRowWithNamesAndTypes',
  answer: (text, mostRows, freshness) => {
    const [names = '[]', types = '[]', ...lines] = linesIn(text)
    const { rows, isCut } = withoutMore(lines, mostRows)
    const typeOf = JSON.parse(types) as string[]
    const columns = (JSON.parse(names) as string[]).map((name, place) => ({ name, type: typeOf[place] }))
    const end = jsonLine({ count: rows.length, cut: isCut, freshness })
    const body = `{"columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}],${end.slice(1)}\n`
    return { text: body, count: rows.length, isCut }
  },
}

const lines: SqlFormat = {
  type: NDJSON,
  engineFormat: 'JSONEachRow',
  answer: (text, mostRows, freshness) => {
    const { rows, isCut } = withoutMore(linesIn(text), mostRows)
    const end = jsonLine({ count: rows.length, cut: isCut, freshness })
    return { text: `${[...rows, end].join('\n')}\n`, count: rows.length, isCut }
  },
}

const csv: SqlFormat = {
  type: 'text/csv',
  engineFormat: 'CSVWithNames',
  answer: (text, mostRows) => {
    const [names = '', ...records] = recordsIn(text)
    const { rows, isCut } = withoutMore(records, mostRows)
    return { text: `${[names, ...rows].join('\n')}\n`, count: rows.length, isCut }
  },
}

/** The forms, the one that is sent to whoever does not ask for another first. */
export const SQL_FORMATS = [json, lines, csv] as const
