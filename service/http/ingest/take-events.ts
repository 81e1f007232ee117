import { setImmediate } from 'node:timers/promises'
import { readLines } from '../../ingest/read-lines.ts'
import type { StreamAppender } from '../../ingest/stream-appender.ts'
import { BodyReader } from '../body/body-reader.ts'
import type { EventRequest } from './event-request.ts'
import { readRecords } from './read-records.ts'
import { wholeEvents } from './whole-events.ts'

/** Events after which others have their turn. */
const EVENTS_A_TURN = 500

/** Brings the events of a request to the log as they come, as fast as the log and the key's limits take them. Errors: those of the body. */
export async function takeEvents(asked: EventRequest, appender: StreamAppender): Promise<void> {
  switch (asked.form) {
    case 'lines':
      return takeLines(asked, appender)
    case 'avro-records':
      return takeRecords(asked, appender)
    case 'json':
    case 'avro':
    case 'looked-at':
      return takeWhole(asked, appender)
  }
}

async function takeLines(asked: EventRequest, appender: StreamAppender): Promise<void> {
  const { request, pass, maxBytes, ended } = asked
  const body = new BodyReader(request, ended)
  try {
    for await (const lines of readLines(body, maxBytes, (bytes) => pass.holds(bytes))) {
      await pass.outOfDebt(ended)
      asked.checkStillIn()
      const before = appender.taken
      for await (const turn of turnsOf(lines)) appender.appendLines(turn, maxBytes)
      let bytes = 0
      for (const { length } of lines) bytes += length
      pass.took(appender.taken - before, bytes)
      await appender.ready()
      if (appender.fault !== null) return
    }
  } finally {
    body.release()
  }
}

async function takeRecords(asked: EventRequest, appender: StreamAppender): Promise<void> {
  const { request, pass, maxBytes, decoders, ended } = asked
  const body = new BodyReader(request, ended)
  try {
    for await (const list of readRecords(body, { maxBytes, holds: (bytes) => pass.holds(bytes) })) {
      await pass.outOfDebt(ended)
      asked.checkStillIn()
      let bytes = 0
      for (const { length } of list) bytes += length
      const found = await decoders.findFor(list.map((value) => ({ value })))
      const decoderOf = found.find.bind(found)
      for await (const turn of turnsOf(list)) appender.append({ form: 'avro', list: turn, decoderOf })
      pass.took(list.length, bytes)
      await appender.ready()
      if (appender.fault !== null) return
    }
  } finally {
    body.release()
  }
}

async function takeWhole(asked: EventRequest, appender: StreamAppender): Promise<void> {
  const events = await wholeEvents(asked)
  for await (const list of turnsOf(events.list)) {
    if (appender.fault !== null) return
    appender.append({ ...events, list })
    await appender.ready()
  }
}

/** So many at a time that others have their turn in between, however small and faulty they are. */
async function* turnsOf<T>(list: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < list.length; from += EVENTS_A_TURN) {
    if (from > 0) await setImmediate()
    yield list.slice(from, from + EVENTS_A_TURN)
  }
}
