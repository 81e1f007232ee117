import { plainMeasurement, type Measurement } from '../measurement.ts'
import type { OpenTables } from './open-tables.ts'

/** What an event takes on disk, and what of it: columns, indexes, roll-up. Bytes after compression. */
export async function measureDisk(suite: string, { bare, events }: OpenTables): Promise<Measurement[]> {
  const [database, name] = events.replaceAll('`', '').split('.')
  const ofTable = `active AND database = '${database}' AND table = '${name}'`
  const columns = await bare.rows<{ column: string; compressed: number }>(`SELECT column,
      sum(column_data_compressed_bytes) / sum(rows) AS compressed
    FROM system.parts_columns WHERE ${ofTable} GROUP BY column ORDER BY compressed DESC`)
  const [all] = await bare.rows<{ disk: number; raw: number; indexes: number }>(`SELECT
      sum(bytes_on_disk) / sum(rows) AS disk, sum(data_uncompressed_bytes) / sum(rows) AS raw,
      sum(secondary_indices_compressed_bytes) / sum(rows) AS indexes
    FROM system.parts WHERE ${ofTable}`)
  const [rolledUp] = await bare.rows<{ bytes: number }>(`SELECT
      (SELECT sum(bytes_on_disk) FROM system.projection_parts WHERE ${ofTable}) / sum(rows) AS bytes
    FROM system.parts WHERE ${ofTable}`)
  const largest = columns.slice(0, 5)
  const others = columns.slice(5).reduce((sum, { compressed }) => sum + compressed, 0)
  const figures: [string, number][] = [
    ['on disk: all', all!.disk],
    ['on disk: all, before compression', all!.raw],
    ...largest.map(({ column, compressed }): [string, number] => [`on disk: ${column}`, compressed]),
    ['on disk: other columns', others],
    ['on disk: indexes', all!.indexes],
    ['on disk: roll-up', rolledUp!.bytes],
  ]
  return figures.map(([measure, bytes]) => plainMeasurement({ suite, measure, unit: 'bytes/event' }, [bytes]))
}
