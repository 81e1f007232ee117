import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import type { Contest } from '../compare.ts'

/** What LMDB writes at least for a record: a page of data, one of the tree, one that says which tree counts. */
const BYTES = 3 * 4096
const APPENDS = 300

/** One event after another into the embedded log, each durable before the next, against a file that is written and synchronised as often. */
export function appendContest(jsonTexts: readonly string[], directory: string): Contest {
  let runs = 0
  const inNewDirectory = async (work: (data: string) => Promise<number>): Promise<number> => {
    const data = join(directory, `append-${runs++}`)
    const ms = await work(data)
    await rm(data, { recursive: true })
    return ms
  }
  return {
    measure: 'append: one event after another, each durable',
    unit: 'ms',
    better: 'lower',
    ours: () => inNewDirectory((data) => appendOneByOne(jsonTexts, data)),
    baselineName: 'the disk alone: write and fdatasync',
    baseline: () => inNewDirectory(writeOneByOne),
  }
}

async function appendOneByOne(jsonTexts: readonly string[], data: string): Promise<number> {
  const settings = readSettings({ EXPERIENCE_LOG_DATA: data })
  const log = await openLog(settings)
  const producer = await openProducer(log, settings)
  const bytes = jsonTexts.slice(0, APPENDS).map((text) => Buffer.from(text))
  const ms = await medianTime(bytes, (json) => producer.appendJson(json))
  await producer.close()
  await log.close()
  return ms
}

async function writeOneByOne(path: string): Promise<number> {
  const file = await open(path, 'w')
  const bytes = Buffer.alloc(BYTES)
  const ms = await medianTime(Array.from({ length: APPENDS }), async () => {
    await file.write(bytes)
    await file.datasync()
  })
  await file.close()
  return ms
}

async function medianTime<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (const item of items) {
    const started = performance.now()
    await work(item)
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
