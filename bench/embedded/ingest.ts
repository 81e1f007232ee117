import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openLmdb } from '../../log/embedded/open-lmdb.ts'
import { APPENDS } from '../../log/embedded/lmdb-changes.ts'
import { envelopeFromJson } from '../../schemas/json/envelope-json.ts'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import { appendToBareLmdb, type BareEntry } from '../baselines/bare-lmdb.ts'
import type { Contest } from '../compare.ts'
import { perSecond } from '../per-second.ts'

/** As the command `ingest` has it. */
const UNDER_WAY = 4096

/** JSON texts into the embedded log, validated and durable, against LMDB alone taking the entries that this makes of them. */
export async function ingestContest(jsonTexts: readonly string[], directory: string): Promise<Contest> {
  const sample = join(directory, 'ingest-sample')
  await ingest(jsonTexts, sample)
  const { entries, transactions } = await whatLmdbHolds(sample)
  await rm(sample, { recursive: true })
  const limits = { perTransaction: Math.ceil(entries.length / transactions), underWay: UNDER_WAY }
  let runs = 0
  const inNewDirectory = async (work: (data: string) => Promise<number>): Promise<number> => {
    const data = join(directory, `ingest-${runs++}`)
    const rate = await work(data)
    await rm(data, { recursive: true })
    return rate
  }
  return {
    measure: 'ingest: JSON text to durable record',
    unit: 'events/s',
    better: 'higher',
    ours: () => inNewDirectory((data) => ingest(jsonTexts, data)),
    baselineName: `LMDB alone, the same entries, ${limits.perTransaction} a transaction`,
    baseline: () => inNewDirectory((data) => appendToBareLmdb(entries, data, limits)),
  }
}

/** Appends events to the embedded log in a data directory; answers with their rate, per second. */
export async function ingest(jsonTexts: readonly string[], data: string): Promise<number> {
  const settings = readSettings({ EXPERIENCE_LOG_DATA: data })
  const log = await openLog(settings)
  const producer = await openProducer(log, settings)
  const started = performance.now()
  for (let at = 0; at < jsonTexts.length; at += UNDER_WAY) {
    const texts = jsonTexts.slice(at, at + UNDER_WAY)
    await Promise.all(texts.map((text) => producer.append(envelopeFromJson(text), { validated: true })))
  }
  const rate = perSecond(jsonTexts.length, started)
  await producer.close()
  await log.close()
  return rate
}

async function whatLmdbHolds(data: string): Promise<{ readonly entries: BareEntry[]; readonly transactions: number }> {
  const tables = await openLmdb(join(data, 'log'))
  const entries = Array.from(tables.records.getRange({}), ({ key, value }) => ({
    key: Buffer.from(key),
    value: Buffer.from(value),
  }))
  const transactions = tables.counters.get(APPENDS) ?? 1
  await tables.close()
  return { entries, transactions }
}
