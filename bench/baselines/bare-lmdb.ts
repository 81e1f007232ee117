import { open } from 'lmdb'
import { perSecond } from '../per-second.ts'

export interface BareEntry {
  readonly key: Buffer
  readonly value: Buffer
}

export interface BareLmdbLimits {
  readonly perTransaction: number
  /** Entries whose transactions are under way at a time; LMDB commits what is together. */
  readonly underWay: number
}

/** Appends entries, as durably as the embedded log does, to a new LMDB directory; answers with their rate, per second. */
export async function appendToBareLmdb(
  entries: readonly BareEntry[],
  directory: string,
  { perTransaction, underWay }: BareLmdbLimits,
): Promise<number> {
  const root = open({ path: directory, noSubdir: false, overlappingSync: false })
  const records = root.openDB<Buffer, Buffer>('records', { encoding: 'binary', keyEncoding: 'binary' })
  const put = (from: number, to: number): Promise<void> =>
    root.transaction(() => {
      for (const { key, value } of entries.slice(from, to)) records.putSync(key, value)
    })
  const started = performance.now()
  for (let at = 0; at < entries.length; at += underWay) {
    const end = Math.min(at + underWay, entries.length)
    const transactions: Promise<void>[] = []
    for (let from = at; from < end; from += perTransaction) {
      transactions.push(put(from, Math.min(from + perTransaction, end)))
    }
    await Promise.all(transactions)
  }
  const rate = perSecond(entries.length, started)
  await root.close()
  return rate
}
