import { join } from 'node:path'
import { Session } from 'chdb'

type Ask = (sql: string) => unknown[]

/** Asks the engine of this process itself, beside the store that has it open. */
export async function embeddedEngine<Result>(directory: string, work: (query: Ask) => Result): Promise<Result> {
  const session = new Session(join(directory, 'clickhouse'))
  try {
    return work((sql) => {
      const lines = session.query(sql, 'JSONEachRow').trim()
      return lines === '' ? [] : (JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as unknown[])
    })
  } finally {
    session.close()
  }
}
