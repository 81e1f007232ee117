import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deadLetterId, parseDeadLetterId } from '../../../../consumers/dead-letters/dead-letter-id.ts'
import { deadLetterRequest } from '../../../../consumers/dead-letters/dead-letter-record.ts'
import { readDeadLetters } from '../../../../consumers/dead-letters/read-dead-letters.ts'
import { resolutionRequest } from '../../../../consumers/dead-letters/resolution-record.ts'
import { readDeadLetterRecord, type StoredDeadLetter } from '../../../../consumers/dead-letters/stored-dead-letter.ts'
import { BAD_RECORD_REASONS, type BadRecord } from '../../../../consumers/read-record.ts'
import { offset } from '../../../../base/position.ts'
import type { AppendRequest, EventLog } from '../../../../log/event-log.ts'
import type { StoredRecord } from '../../../../log/record.ts'
import { TenantTopics } from '../../../../log/tenant-topics.ts'
import { badRecord } from './bad-records.ts'

const topics = new TenantTopics()
const TOPIC = 'experience.dead-letters.a'

function stored({ topic, record }: AppendRequest, at = 0): StoredRecord {
  return {
    topic,
    partition: 0,
    offset: offset(at),
    ...record,
    sequence: 0,
  }
}
function letterOf(bad: BadRecord, withValue = true): StoredRecord {
  return stored(deadLetterRequest(bad, topics, withValue))
}
function read(record: StoredRecord) {
  return readDeadLetterRecord(record, topics)
}

describe('a record of a dead-letter topic', () => {
  test('reads back as the dead letter that was written', () => {
    const bad = badRecord(7, {
      reason: 'Invalid',
      message: 'event_id must not be empty',
      field: 'event_id',
      schemaId: 3,
    })
    expect(read(letterOf(bad))).toEqual({
      kind: 'letter',
      position: { topic: 'experience.events.a', partition: 0, offset: 7n },
      reason: 'Invalid',
      message: 'event_id must not be empty',
      field: 'event_id',
      schemaId: 3,
      valueLeftOut: false,
      record: letterOf(bad),
    })
    expect(read(letterOf(bad, false))).toMatchObject({ schemaId: 3, valueLeftOut: true })
  })

  test('reads back as the resolution that was written, under the key of its dead letter', () => {
    const letter = read(letterOf(badRecord(7))) as StoredDeadLetter
    const retried = resolutionRequest(letter, { kind: 'retried', resolvedAs: 'evt-1' }, 5)
    expect(retried).toMatchObject({ topic: TOPIC, record: { key: 'key', value: new Uint8Array() } })
    expect(read(stored(retried))).toEqual({
      kind: 'resolution',
      position: letter.position,
      resolution: 'retried',
      resolvedAs: 'evt-1',
      because: null,
      resolvedAt: 5,
    })
    const discarded = resolutionRequest(letter, { kind: 'discarded', because: 'a test' }, 5)
    expect(read(stored(discarded))).toMatchObject({ resolution: 'discarded', because: 'a test', resolvedAs: null })
  })

  test('that claims to be of another topic, or says nothing, is passed over', () => {
    const { topic, ...letter } = letterOf(badRecord(7))
    expect(read({ ...letter, topic: 'experience.dead-letters.b' })).toBeNull()
    expect(read({ ...letter, topic, headers: {} })).toBeNull()
    expect(read({ ...letter, topic, headers: { ...letter.headers, 'dead-letter.offset': '-1' } })).toBeNull()
  })

  test('does not take over headers of dead letters that the bad record has itself', () => {
    const bad = badRecord(7)
    const headers = { 'dead-letter.resolution': 'discarded', 'dead-letter.field': 'x', trace: 'é' }
    expect(read(letterOf({ ...bad, record: { ...bad.record, headers } }))).toMatchObject({
      kind: 'letter',
      field: null,
      record: { headers: { trace: 'é' } },
    })
  })
})

describe('the dead letters of a topic', () => {
  const logOf = (requests: readonly AppendRequest[]): EventLog =>
    ({
      offsets: async () => [{ topic: TOPIC, partition: 0, earliest: offset(0), next: offset(requests.length) }],
      read: async function* () {
        const records = requests.map(stored)
        yield { topic: TOPIC, partition: 0, first: offset(0), next: offset(requests.length), records }
      },
    }) as unknown as EventLog
  const letters = async (...requests: AppendRequest[]) => {
    const found = []
    for await (const { id, resolution } of readDeadLetters(logOf(requests), topics, [TOPIC])) {
      found.push([id, resolution?.resolution ?? 'open'])
    }
    return found
  }
  const letter = (at: number): AppendRequest => deadLetterRequest(badRecord(at), topics, true)
  const settled = (at: number, kind: 'retried' | 'discarded'): AppendRequest =>
    resolutionRequest(
      read(stored(letter(at))) as StoredDeadLetter,
      kind === 'retried' ? { kind, resolvedAs: 'evt-1' } : { kind, because: 'x' },
      5,
    )

  test('are each told once, however often they were appended', async () => {
    expect(await letters(letter(1), letter(2), letter(1))).toEqual([
      ['experience.events.a/0/1', 'open'],
      ['experience.events.a/0/2', 'open'],
    ])
  })

  test('stay resolved when a rebuild appends them again, and the first resolution counts', async () => {
    expect(await letters(letter(1), settled(1, 'retried'), letter(1), settled(1, 'discarded'), letter(1))).toEqual([
      ['experience.events.a/0/1', 'retried'],
    ])
  })
})

describe('the id of a dead letter', () => {
  test('is the position of the bad record', () => {
    const position = { topic: 'experience.events.st-uanna--clinic', partition: 12, offset: offset(2n ** 53n + 1n) }
    expect(parseDeadLetterId(deadLetterId(position), topics)).toEqual(position)
  })

  test.each([
    '',
    'a',
    'experience.events.a',
    'experience.events.a/0',
    'experience.events.a/0/-1',
    'other.events.a/0/1',
  ])('%j is refused', (id) => {
    expect(() => parseDeadLetterId(id, topics)).toThrow(expect.objectContaining({ code: 'InvalidQuery', field: 'id' }))
  })
})

test('every reason is documented', () => {
  const documented = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
  for (const reason of BAD_RECORD_REASONS) expect(documented).toContain(`\n| \`${reason}\` |`)
})
