import { afterAll, expect, test } from 'vitest'
import type { AppendRequest } from '../../../log/event-log.ts'
import { SEQUENCE_HEADER } from '../../../log/record-headers.ts'
import { AppendClock } from '../../../producers/append-clock.ts'
import { EventProducer } from '../../../producers/event-producer.ts'
import { eventOf, openLogs } from './producer-fixture.ts'
import { Gate } from './watched-log.ts'

const logs = await openLogs()
afterAll(() => logs.dispose())

function stampOf({ record }: AppendRequest): string {
  return `${record.headers['event_id']} ${record.timestamp}.${record.headers[SEQUENCE_HEADER] ?? 0}`
}

test('events are stamped in the order of the calls, though a new topic’s wait until it is measured', async () => {
  const { log, encoder } = await logs.fixture({ clock: new AppendClock(() => 5000) })
  const gate = new Gate()
  log.beforeMaxRecordBytes = (topic) => (topic.endsWith('.b') ? gate.pass() : undefined)
  const producer = new EventProducer(log, encoder)
  const list = producer.appendMany([eventOf('1', { tenant: 'b' }), eventOf('2', { tenant: 'a' })])
  const text = producer.appendJson(Buffer.from(JSON.stringify(eventOf('3', { tenant: 'b' }))))
  await producer.append(eventOf('4', { tenant: 'a' }))
  gate.open()
  await Promise.all([list, text])
  const stamps = log.appends.flatMap(({ requests }) => requests.map(stampOf))
  expect(stamps.toSorted()).toEqual(['1 5000.0', '2 5000.1', '3 5000.2', '4 5000.3'])
})

test('events that wait for more than a second are stamped when they are let in, and so is what waits behind them', async () => {
  let now = 5000
  const { log, encoder } = await logs.fixture({ clock: new AppendClock(() => now) })
  const gate = new Gate()
  log.beforeMaxRecordBytes = () => gate.pass()
  const producer = new EventProducer(log, encoder)
  const json = (id: string): Buffer => Buffer.from(JSON.stringify(eventOf(id, { tenant: 'a' })))
  const calls: Promise<unknown>[] = [producer.append(eventOf('1', { tenant: 'a' })), producer.appendJson(json('2'))]
  now = 5900
  calls.push(producer.appendJson(json('3')), producer.append(eventOf('4', { tenant: 'a' })))
  const listed = [eventOf('5', { tenant: 'a' }), eventOf('6', { tenant: 'b' }), eventOf('7', { tenant: 'a' })]
  calls.push(producer.appendMany(listed, { atomic: true }))
  now = 6001
  gate.open()
  await Promise.all(calls)
  const stamps = log.appends.flatMap(({ requests }) => requests.map(stampOf))
  expect(stamps.toSorted()).toEqual([
    '1 6001.0',
    '2 6001.0',
    '3 6001.0',
    '4 6001.0',
    '5 6001.0',
    '6 6001.1',
    '7 6001.2',
  ])
  now = 6002
  await producer.append(eventOf('8', { tenant: 'a' }))
  expect(log.appends.at(-1)?.requests.map(stampOf)).toEqual(['8 6002.0'])
})
