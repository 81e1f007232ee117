import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from 'chdb'
import type { StoredRecord } from '../../log/record.ts'
import { createEventsTable } from '../../projections/events/events-table.ts'
import { perSecond } from '../per-second.ts'
import { rowsOfRecords } from '../record-rows.ts'

/**
 * What the engine takes fastest, of 10,000 to 100,000 rows a file through one session or two: 225,000 rows a second here, against
 * 205,000 at best through one session (medians of 5 on a busy machine of two cores).
 */
const ROWS_PER_FILE = 25_000
const SESSIONS = 2

/** Writes the rows of records as files that the engine reads; answers with their names. */
export async function writeRowFiles(records: readonly StoredRecord[], directory: string): Promise<string[]> {
  const files: string[] = []
  for (let at = 0; at < records.length; at += ROWS_PER_FILE) {
    const file = join(directory, `rows-${at}.native`)
    await writeFile(file, await rowsOfRecords(records.slice(at, at + ROWS_PER_FILE)))
    files.push(file)
  }
  return files
}

export interface BareInsert {
  readonly directory: string
  readonly database: string
  readonly files: readonly string[]
  /** How many the files hold together. */
  readonly rows: number
}

/** Inserts files of rows into a new table like that of events, nothing else; answers with the rate, per second. */
export async function insertIntoBareEngine({ directory, database, files, rows }: BareInsert): Promise<number> {
  const sessions = Array.from({ length: SESSIONS }, () => new Session(directory))
  const [session] = sessions as [Session]
  const events = `${database}.events`
  await session.queryAsync(`CREATE DATABASE ${database}`)
  await session.queryAsync(createEventsTable(events))
  const left = [...files]
  const insertFiles = async (own: Session): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      await own.queryAsync(`INSERT INTO ${events} FROM INFILE '${file}' FORMAT Native`)
    }
  }
  const started = performance.now()
  await Promise.all(sessions.map(insertFiles))
  const rate = perSecond(rows, started)
  const found = (await session.queryAsync(`SELECT count() FROM ${events}`, { format: 'TSV' })).text().trim()
  await session.queryAsync(`DROP DATABASE ${database} SYNC`)
  for (const each of sessions) each.close()
  if (found !== String(rows)) throw new Error(`${found} rows of ${rows}`)
  return rate
}
