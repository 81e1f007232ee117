import { plainMeasurement, type Measurement } from '../measurement.ts'
import type { OpenTables } from './open-tables.ts'

/** Columns that are told one by one. */
const LARGEST = 5

/** What an event takes on disk, and what of it: columns, indexes, roll-up. Bytes after compression. */
export async function measureDisk(suite: string, { bare, events }: OpenTables): Promise<Measurement[]> {
  const [database, name] = events.replaceAll('`', '').split('.')
  const ofTable = `active AND database = '${database}' AND table = '${name}'`
  const columns = await bare.rows<{ column: string; compressed: number }>(`SELECT column,
      sum(column_data_compressed_bytes) / sum(rows) AS compressed
    FROM system.parts_columns WHERE ${ofTable} AND part_type = 'Wide' GROUP BY column ORDER BY compressed DESC`)
  const [all] = await bare.rows<{ disk: number; raw: number; indexes: number }>(`SELECT
      sum(bytes_on_disk) / sum(rows) AS disk, sum(data_uncompressed_bytes) / sum(rows) AS raw,
      sum(secondary_indices_compressed_bytes) / sum(rows) AS indexes
    FROM system.parts WHERE ${ofTable}`)
  const [rolledUp] = await bare.rows<{ bytes: number }>(`SELECT
      (SELECT sum(bytes_on_disk) FROM system.projection_parts WHERE ${ofTable}) / sum(rows) AS bytes
    FROM system.parts WHERE ${ofTable}`)
  const figures: [string, number][] = [
    ['on disk: all', all!.disk],
    ['on disk: all, before compression', all!.raw],
    ...columnFigures(columns),
    ['on disk: indexes', all!.indexes],
    ['on disk: roll-up', rolledUp!.bytes],
  ]
  return figures.map(([measure, bytes]) => plainMeasurement({ suite, measure, unit: 'bytes/event' }, [bytes]))
}

/** The largest columns, and the others together; none where every part is compact and has its columns in one file. */
function columnFigures(
  columns: readonly { readonly column: string; readonly compressed: number }[],
): [string, number][] {
  if (columns.length === 0) return []
  const others = columns.slice(LARGEST).reduce((sum, { compressed }) => sum + compressed, 0)
  return [
    ...columns.slice(0, LARGEST).map(({ column, compressed }): [string, number] => [`on disk: ${column}`, compressed]),
    ['on disk: other columns', others],
  ]
}
