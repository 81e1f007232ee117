import type { OpenTables } from './open-tables.ts'

/** The library, as a question sees it. */
export type Library = Pick<OpenTables, 'library' | 'store'>

/** A question in two wordings, about each of its subjects. */
export interface Question<Subject> {
  readonly measure: string
  readonly subjects: readonly Subject[]
  /** By the library; answers with how many events or rows it got. */
  readonly ours: (library: Library, subject: Subject) => Promise<number>
  /** As one writes it by hand for the table of events: values in the text, and no more columns than needed. */
  readonly bareSql: (events: string, subject: Subject) => string
  /** A column of the bare answer that holds JSON, which is then read as well. */
  readonly json?: 'payload'
}

/** Where SQL is asked of events. */
export interface SqlPlace {
  /** The table, or the view, of events. */
  readonly events: string
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** A question with its subjects inside, so that those about different things can stand in one list. */
export interface AnyQuestion {
  readonly measure: string
  readonly ours: (library: Library) => Promise<number>
  readonly bare: (tables: OpenTables) => Promise<number>
  /** The bare SQL, asked somewhere else. */
  readonly inSql: (place: SqlPlace) => Promise<number>
  /**
   * Asks the library, or the place that is given instead, and bare SQL about one subject. Throws where the answers differ in length, or there
   * is none.
   */
  readonly check: (tables: OpenTables, instead?: SqlPlace) => Promise<void>
}

/**
 * Both wordings take subjects from one row of them, in turn: ClickHouse remembers where a condition holds, so that who asks second
 * about the same would have it easier.
 */
export function question<Subject>({ measure, subjects, ours, bareSql, json }: Question<Subject>): AnyQuestion {
  let turn = 0
  const next = (): Subject => subjects[turn++ % subjects.length]!
  const askIn = async (place: SqlPlace, subject: Subject): Promise<number> => {
    const rows = await place.rows(bareSql(place.events, subject))
    if (json !== undefined) for (const row of rows) JSON.parse(row[json] as string)
    return rows.length
  }
  const askBare = ({ bare, events }: OpenTables, subject: Subject): Promise<number> =>
    askIn({ events, rows: (sql) => bare.rows(sql) }, subject)
  return {
    measure,
    ours: (library) => ours(library, next()),
    inSql: (place) => askIn(place, next()),
    bare: (tables) => askBare(tables, next()),
    check: async (tables, instead) => {
      const subject = next()
      const found = await (instead === undefined ? ours(tables, subject) : askIn(instead, subject))
      const bareFound = await askBare(tables, subject)
      if (found === bareFound && found > 0) return
      const asked = instead === undefined ? 'the library' : 'the other place'
      throw new Error(`${measure}: ${asked} finds ${found}, bare SQL ${bareFound}`)
    },
  }
}
