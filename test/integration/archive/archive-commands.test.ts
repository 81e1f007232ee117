import { createReadStream } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readArchive } from '../../../log/archive/archive-reader.ts'
import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { StoredRecord } from '../../../log/record.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { ArchiveTotals } from '../../../operations/archive/archive-totals.ts'
import { printExport } from '../../../service/cli/archive/print-export.ts'
import { printImport } from '../../../service/cli/archive/print-import.ts'
import { LogImport } from '../../../operations/archive/log-import.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { openProducer } from '../../../service/wiring/open-producer.ts'
import { readTopics } from '../../contract/event-log/event-log-fixture.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { jsonLines, runShell } from '../run-command.ts'
import { settingsOf, type Environment } from '../service-place.ts'
import { appendHostileRecords } from './hostile-log.ts'
import { runInProcess, summaryOf, type Outcome, type Summary } from './run-in-process.ts'

const TENANT = 'st_anna_clinic'
const EVENTS = 3000

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let source: Environment
/** All of the source, exported. */
let whole: string
let exported: Summary
let target: Environment
let next = 0

function newPlace(): Environment {
  return { EXPERIENCE_LOG_DATA: join(directory.path, `data-${next++}`) }
}
function newFile(): string {
  return join(directory.path, `file-${next++}.avro`)
}
function exporting(file: string, tenant?: string, from = source): Promise<Outcome> {
  return runInProcess(from, (context) => printExport(context, file, tenant ?? null))
}
function importing(file: string): Promise<Outcome> {
  return runInProcess(target, (context) => printImport(context, file))
}

beforeAll(async () => {
  directory = await temporaryDirectory()
  source = newPlace()
  const open = await openLog(settingsOf(source))
  const producer = await openProducer(open, settingsOf(source))
  await producer.appendMany([...simulateFleet({ seed: 1, events: EVENTS })], { validated: true })
  await producer.close()
  await appendHostileRecords(open, TENANT)
  await open.close()
  whole = newFile()
  exported = summaryOf((await exporting(whole)).stdout)
  expect(exported.records).toBeGreaterThan(EVENTS)
})
afterAll(() => directory.remove())
beforeEach(() => {
  target = newPlace()
})

/** What there is of a file, whole or partial. */
async function leftOf(file: string): Promise<string[]> {
  return (await readdir(directory.path)).filter((name) => name.startsWith(basename(file)))
}

type UnplacedRecord = Pick<StoredRecord, 'topic' | 'key' | 'value' | 'headers' | 'timestamp'>

/** What a log holds, without positions and ids of schemas. */
async function recordsOf(environment: Environment): Promise<UnplacedRecord[]> {
  const open = await openLog(settingsOf(environment))
  // The log of operations tells of the export itself.
  const isOfTenant = (topic: string): boolean => topic !== open.topics.operationsTopic
  const topics = (await open.log.topics(`${settingsOf(environment).TOPIC_PREFIX}.`)).filter(isOfTenant)
  const records = await readTopics(open.log, topics)
  await open.close()
  return records.map(({ topic, key, value, headers, timestamp }) => ({ topic, key, value, headers, timestamp }))
}

test('key, headers, time and bytes come back, into a registry that has other ids', async () => {
  const first = await openLog(settingsOf(target))
  await first.registry.register('other', '"string"')
  await first.close()
  const imported = await importing(whole)
  expect(summaryOf(imported.stdout)).toEqual(exported)
  // What ends soon shows no progress: nothing is appended when the first block is read.
  expect(imported.stderr).toBe(`imported: ${exported.records} records\n`)
  const withoutId = ({ value, ...rest }: UnplacedRecord) => ({
    ...rest,
    // Ids of schemas are small here; that of the unknown schema is not.
    value: value?.[0] === 0 && value[1] === 0 && value.length > 5 ? value.subarray(5) : value,
  })
  expect((await recordsOf(target)).map(withoutId)).toEqual((await recordsOf(source)).map(withoutId))
})

test('a tenant’s log alone is exported where one is named', async () => {
  const file = newFile()
  const outcome = await exporting(file, TENANT)
  const [topic, summary] = jsonLines(outcome.stdout.toString())
  expect(topic).toMatchObject({ topic: 'experience.events.st-uanna-uclinic' })
  expect(summary).toMatchObject({ file, topics: 1, records: topic?.['records'] })
  expect(outcome.stderr).toContain('exported: ')
})

test('a tenant that the log does not know is not found, and nothing is written', async () => {
  const file = newFile()
  const outcome = await exporting(file, 'nobody')
  expect(outcome).toMatchObject({
    exitCode: 1,
    error: { code: 'NotFound', message: expect.stringContaining('"nobody"') },
  })
  expect(await leftOf(file)).toEqual([])
})

test('an empty log gives a file without records', async () => {
  const file = newFile()
  expect(summaryOf((await exporting(file, undefined, target)).stdout)).toMatchObject({ topics: 0, records: 0 })
  expect(summaryOf((await importing(file)).stdout)).toMatchObject({ records: 0, digest: '0'.repeat(32) })
})

test('a file that exists is left as it is; what an export left unfinished is not in the way', async () => {
  const file = newFile()
  await writeFile(file, 'precious')
  expect(await exporting(file)).toMatchObject({
    exitCode: 2,
    error: { code: 'InvalidQuery', message: `cannot write ${file}: it exists already` },
  })
  expect(await readFile(file, 'utf8')).toBe('precious')
  const other = newFile()
  await writeFile(`${other}.partial`, 'left over')
  expect(await exporting(other)).toMatchObject({ exitCode: 0 })
  expect(await leftOf(other)).toEqual([basename(other)])
})

test.each(['/nowhere/at/all.avro', '/proc/all.avro'])('%s cannot be written, and it says so', async (file) => {
  expect(await exporting(file)).toMatchObject({
    exitCode: 2,
    error: { message: expect.stringContaining(`cannot write ${file}`) },
  })
})

test('an export that is interrupted leaves nothing', async () => {
  const file = newFile()
  const outcome = await runInProcess(source, (context) => printExport(context, file, null), {
    stopped: AbortSignal.abort(),
  })
  expect(outcome).toMatchObject({ exitCode: 130, error: { code: 'Interrupted' } })
  expect(await leftOf(file)).toEqual([])
})

test('an import that is interrupted tells what it appended', async () => {
  const stopping = new AbortController()
  const stdin = new PassThrough()
  const file = await readFile(whole)
  stdin.write(file.subarray(0, file.length / 2))
  const running = runInProcess(target, (context) => printImport(context, '-'), { stdin, stopped: stopping.signal })
  await expect.poll(() => stdin.readableLength, { timeout: 300_000 }).toBe(0)
  stopping.abort()
  const outcome = await running
  expect(outcome).toMatchObject({ exitCode: 130, error: { code: 'Interrupted' } })
  const summary = summaryOf(outcome.stdout)
  expect(summary.records).toBe((await recordsOf(target)).length)
  expect(summary.digest).toBe(summaryOf((await exporting(newFile(), undefined, target)).stdout).digest)
})

test('of a file that is cut off, what comes before is appended, and told', async () => {
  const file = newFile()
  const bytes = await readFile(whole)
  await writeFile(file, bytes.subarray(0, bytes.length - 100))
  const outcome = await importing(file)
  expect(outcome).toMatchObject({
    exitCode: 2,
    error: { code: 'InvalidQuery', message: expect.stringMatching(/^file: it is cut off in block \d+$/) },
  })
  const summary = summaryOf(outcome.stdout)
  expect(summary.records).toBeGreaterThan(0)
  expect(outcome.stderr).toContain(`${summary.records} records were already appended`)
  expect(summary.digest).toBe(summaryOf((await exporting(newFile(), undefined, target)).stdout).digest)
})

test.each([
  ['what is no Avro file', 'not Avro', /not an Avro object container file/],
  ['an empty file', '', /not an Avro object container file/],
])('%s is refused', async (_, content, message) => {
  const file = newFile()
  await writeFile(file, content)
  expect(await importing(file)).toMatchObject({
    exitCode: 2,
    error: { field: 'file', message: expect.stringMatching(message) },
  })
})

test('a record that is too large for the log is told, and those before it are appended', async () => {
  const open = await openLog(settingsOf(target))
  const tables = await openLmdb(join(directory.path, `small-${next++}`))
  const log = new LmdbEventLog(tables, { maxBatchBytes: 4000 })
  const totals = new ArchiveTotals()
  const small = new LogImport({ ...open, log }, totals)
  const appended = async (): Promise<void> => {
    for await (const record of readArchive(createReadStream(whole))) await small.add(record)
  }
  // Two records of the hostile log have 200 headers.
  await expect(appended()).rejects.toMatchObject({
    code: 'InvalidQuery',
    message: expect.stringMatching(/^record experience\.events\.st-uanna-uclinic\/0\/\d+ takes \d+ bytes, .* 3939 /),
  })
  await small.end()
  expect(totals.records).toBeGreaterThan(0)
  expect((await readTopics(log, await log.topics(''))).length).toBe(totals.records)
  await log.close()
  await tables.close()
  await open.close()
})

test('goes through a pipe, and tells totals on both sides', async () => {
  const [from, to] = [source, target].map(({ EXPERIENCE_LOG_DATA }) => EXPERIENCE_LOG_DATA)
  const piped = await runShell(
    `set -o pipefail; $COMMAND --data ${from} export - 2>${to}.err | $COMMAND --data ${to} import -`,
    {},
  )
  expect(piped.exitCode).toBe(0)
  const sent = summaryOf(await readFile(`${to}.err`))
  expect(sent.records).toBeGreaterThan(EVENTS)
  expect(summaryOf(piped.stdout)).toEqual(sent)
})
