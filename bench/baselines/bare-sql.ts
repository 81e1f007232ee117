import { Session } from 'chdb'

/** ClickHouse's engine as chDB gives it, with nothing of ours around: a statement goes in as text, objects come out. */
export class BareSql {
  readonly #session: Session

  /** A session of a data directory, which this process may have open elsewhere. */
  constructor(directory: string) {
    this.#session = new Session(directory, { connectionArgs: ['--output_format_json_quote_64bit_integers=1'] })
  }

  async rows<Row = Readonly<Record<string, unknown>>>(sql: string): Promise<Row[]> {
    const result = await this.#session.queryAsync(sql, { format: 'JSONEachRow' })
    const lines = result.text().trimEnd()
    return lines === '' ? [] : (JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as Row[])
  }

  close(): void {
    this.#session.close()
  }
}
