/** The media type that ClickHouse answers in for an output format. */
export function contentType(format: string): string {
  if (/^JSON.*(?:EachRow|EachRowWith)/.test(format)) return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (/^(?:TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8'
  if (/^(?:Native|RowBinary|Parquet|Arrow|Avro|ORC|MsgPack|BSON|Npy)/.test(format)) return 'application/octet-stream'
  return 'text/plain; charset=UTF-8'
}
