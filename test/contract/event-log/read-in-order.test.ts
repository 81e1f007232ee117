import { afterAll, beforeAll, expect, test } from 'vitest'
import { partitionText } from '../../../base/position.ts'
import type { EventLog, ReadRange } from '../../../log/event-log.ts'
import { readInOrder } from '../../../log/read-in-order.ts'
import { countedCalls } from '../../counted-calls.ts'
import { randomPrefix, request, textsOf, type EventLogFixture } from './event-log-fixture.ts'
import { createLmdbFixture } from './lmdb-fixture.ts'

let fixture: EventLogFixture
let log: EventLog

beforeAll(async () => {
  fixture = await createLmdbFixture()
  log = await fixture.open()
})
afterAll(async () => {
  await log.close()
  await fixture.dispose()
})

async function rangesOf(topics: readonly string[]): Promise<ReadRange[]> {
  const held = await log.offsets(topics)
  return held.map(({ topic, partition, earliest, next }) => ({ topic, partition, from: earliest, to: next }))
}

async function read(ranges: readonly ReadRange[]) {
  const counted = countedCalls<EventLog>(log)
  const places: string[] = []
  const texts: string[] = []
  for await (const batch of readInOrder(counted.of, ranges)) {
    if (places.at(-1) !== partitionText(batch)) places.push(partitionText(batch))
    texts.push(...textsOf(batch.records))
  }
  return { places, texts, readings: counted.calls('read') }
}

test('reads many short ranges together, and gives them one after the other', async () => {
  const prefix = randomPrefix()
  const topics = Array.from({ length: 100 }, (_, index) => `${prefix}${index}`)
  for (const text of ['1', '2']) await log.append(topics.map((topic) => request(topic, 'key', `${topic} ${text}`)))
  const ranges = await rangesOf(topics)
  const { places, texts, readings } = await read(ranges)
  expect(places).toEqual(ranges.map(partitionText))
  expect(texts).toEqual(topics.flatMap((topic) => [`${topic} 1`, `${topic} 2`]))
  expect(readings).toBe(1)
})

test('reads long ranges alone, and none that is empty', async () => {
  const prefix = randomPrefix()
  const [short, long, other] = ['short', 'long', 'other'].map((name) => `${prefix}${name}`) as [string, string, string]
  const many = Array.from({ length: 300 }, (_, index) => `${index}`)
  await log.append([short, other].map((topic) => request(topic, 'key', topic)))
  await log.append(many.map((text) => request(long, 'key', text)))
  const [first, second, third] = (await Promise.all([short, long, other].map((topic) => rangesOf([topic])))).flat()
  const { texts, readings } = await read([first!, second!, { ...third!, to: third!.from }, third!])
  expect(texts).toEqual([short, ...many, other])
  expect(readings).toBe(3)
})
