import { NEVER } from '../../../base/waiting.ts'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { readRecording } from '../../../producers/recordings/read-recording.ts'
import { printExport } from '../../../service/cli/archive/print-export.ts'
import { printImport } from '../../../service/cli/archive/print-import.ts'
import { chosenDeadLetters, stateOf } from '../../../operations/dead-letters/choice.ts'
import { discardDeadLetters } from '../../../operations/dead-letters/retry.ts'
import { printQuery } from '../../../service/cli/questions/answers.ts'
import { verify } from '../../../service/cli/verify.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { openProducer } from '../../../service/wiring/open-producer.ts'
import { envelopeFromJson } from '../../../schemas/json/envelope-json.ts'
import { readVectors } from '../contract-vectors.ts'
import { kafka, lmdb, servicePlace, settingsOf, type Environment, type ServicePlace } from '../service-place.ts'
import { appendHostileRecords, HOSTILE_BAD } from './hostile-log.ts'
import { runInProcess, summaryOf, type Summary } from './run-in-process.ts'

let place: ServicePlace
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(() => place.dispose())

async function inLog<T>(environment: Environment, use: (open: OpenLog) => Promise<T>): Promise<T> {
  const open = await openLog(settingsOf(environment))
  try {
    return await use(open)
  } finally {
    await open.close()
  }
}

/** A log with a fleet, a recording, the contract's vectors and records of every foreign make, one of which was discarded. */
async function newLog(): Promise<Environment> {
  const environment = place.newEnvironment(lmdb)
  await inLog(environment, async (open) => {
    const producer = await openProducer(open, settingsOf(environment))
    const vectors = readVectors('public').map(({ text }) => envelopeFromJson(text))
    const events = [...simulateFleet({ seed: 9, events: 400 }), ...readRecording(), ...vectors]
    await producer.appendMany(events, { validated: true })
    await producer.close()
    await appendHostileRecords(open, 'acme_1')
  })
  await queried(environment)
  const discarded = await deadLetters(environment, 'NotFramed')
  const ids = [discarded[2]!.id]
  await inLog(environment, async (open) => {
    for await (const letter of discardDeadLetters(open, { ids }, 'a test', NEVER))
      expect(letter).toMatchObject({ kind: 'settled' })
  })
  return environment
}

async function queried(environment: Environment): Promise<string> {
  const outcome = await runInProcess(environment, (context) =>
    printQuery(context, { kinds: [] }, { printCursor: false }),
  )
  expect(outcome).toMatchObject({ exitCode: 0, error: null })
  return outcome.stdout.toString()
}

async function verified(environment: Environment): Promise<unknown> {
  return JSON.parse((await runInProcess(environment, (context) => verify(context))).stdout.toString())
}

/** Dead letters without the prefix of their topics. */
function deadLetters(environment: Environment, reason: string | null = null) {
  return inLog(environment, async (open) => {
    const found: { id: string; named: string; state: string; reason: string; because: unknown }[] = []
    for await (const each of chosenDeadLetters(open, { tenant: null, reason, state: null })) {
      const because = each.resolution?.because ?? null
      const named = each.id.slice(open.topics.topicPrefix('events').length)
      found.push({ id: each.id, named, state: stateOf(each), reason: each.letter.reason, because })
    }
    return found
  })
}
function unnamed(letters: Awaited<ReturnType<typeof deadLetters>>) {
  return letters
    .map(({ named, state, reason, because }) => ({ named, state, reason, because }))
    .toSorted((a, b) => (a.named < b.named ? -1 : 1))
}

async function exported(environment: Environment): Promise<Summary> {
  const file = join(place.directory, `${randomUUID()}.avro`)
  const outcome = await runInProcess(environment, (context) => printExport(context, file, null))
  expect(outcome).toMatchObject({ exitCode: 0, error: null })
  return summaryOf(outcome.stdout)
}

async function imported(environment: Environment, file: string): Promise<Summary> {
  const outcome = await runInProcess(environment, (context) => printImport(context, file))
  expect(outcome).toMatchObject({ exitCode: 0, error: null })
  return summaryOf(outcome.stdout)
}

test('a log goes from LMDB to Kafka and back, and answers the same, byte for byte', async (context) => {
  const first = await newLog()
  const answer = await queried(first)
  const proof = await verified(first)
  expect(proof).toMatchObject({ differences: [] })
  const letters = unnamed(await deadLetters(first))
  expect(letters).toHaveLength(HOSTILE_BAD)
  expect(letters.filter(({ state }) => state === 'discarded')).toMatchObject([{ because: 'a test' }])

  const { skipped } = kafka()
  let summary = await exported(first)
  expect(summary.records).toBeGreaterThan(summary.events)
  for (const log of skipped === undefined ? [kafka(), lmdb] : [lmdb]) {
    const next = place.newEnvironment(log)
    const here = await imported(next, summary.file)
    expect(here).toEqual(summary)
    expect(await queried(next)).toBe(answer)
    expect(await verified(next)).toEqual(proof)
    expect(unnamed(await deadLetters(next))).toEqual(letters)
    // After the projector has made the dead letters anew.
    summary = await exported(next)
    expect({ ...summary, file: here.file }).toEqual(here)
  }
  if (skipped !== undefined) context.skip(skipped)
})

test('what is imported twice counts once, and both its copies are settled', async () => {
  const first = await newLog()
  const answer = await queried(first)
  const summary = await exported(first)
  const copy = { ...place.newEnvironment(lmdb), TOPIC_PARTITIONS: '3' }
  for (const _ of [1, 2]) expect((await imported(copy, summary.file)).digest).toBe(summary.digest)
  const lines = (text: string): string[] => text.trimEnd().split('\n').toSorted()
  expect(lines(await queried(copy))).toEqual(lines(answer))
  expect(await verified(copy)).toEqual(await verified(first))
  const letters = await deadLetters(copy)
  expect(letters).toHaveLength(2 * HOSTILE_BAD)
  expect(letters.filter(({ state }) => state === 'discarded').map(({ reason }) => reason)).toEqual([
    'NotFramed',
    'NotFramed',
  ])
})
