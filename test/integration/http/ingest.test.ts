import { describe, expect, test } from 'vitest'
import { setImmediate } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { kafka, lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { loggedEvents } from './logged-events.ts'
import { JSON_BODY, keyHeaders, NDJSON, post, textOf } from './post-events.ts'

const bench = new HttpBench()
/** What `curl -d` sends. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`events on ${log.name}`, () => {
    test('one, an array and lines are stored as they were sent, and the answer says where', async () => {
      const environment = bench.newEnvironment(log)
      const key = await bench.createKey(environment, null, ['produce'])
      const { url } = await bench.serve(environment, { roles: ['ingest'] })
      const [json, ndjson] = [keyHeaders(key, JSON_BODY), keyHeaders(key, NDJSON)]
      const texts = Array.from({ length: 7 }, (_, place) =>
        textOf(outcome({ tenant_id: 'acme' }, { tokens: 2n ** 64n - 1n - BigInt(place), chain_id: 'chain-a' })),
      )
      const [one, ...others] = texts
      const first = await post(url, one, json)
      expect(first.status).toBe(200)
      const topic = first.body.positions[0]!.topic
      expect(first.body).toEqual({
        accepted: 1,
        rejected: 0,
        duplicates: null,
        errors: [],
        positions: [{ topic, partition: 0, first: 0, last: 0 }],
      })
      expect(first.headers.get('experience-position')).toBe(`${topic}/0/0`)
      const array = await post(url, ` [ ${others.slice(0, 3).join(' ,\n')} ] `, json)
      expect(array.body).toMatchObject({ accepted: 3, positions: [{ topic, partition: 0, first: 1, last: 3 }] })
      const lines = await post(url, others.slice(3).join('\r\n\n'), ndjson)
      expect(lines.body).toMatchObject({ accepted: 3, positions: [{ topic, partition: 0, first: 4, last: 6 }] })
      expect(lines.headers.get('experience-position')).toBe(`${topic}/0/6`)
      expect(await loggedEvents(environment, 'acme')).toEqual(texts)
    })

    test('some that are wrong do not keep out the others: 207, and what is wrong where', async () => {
      const environment = bench.newEnvironment(log)
      const key = await bench.createKey(environment, null, ['produce'])
      const { url } = await bench.serve(environment, { roles: ['ingest'] })
      const [json, ndjson] = [keyHeaders(key, JSON_BODY), keyHeaders(key, NDJSON)]
      const [one, two] = [textOf(outcome()), textOf(outcome())]
      const faulty = two.replace('"passed":true', '"passed":7')
      const mixed = await post(url, `\n${faulty}\n${one}\n\nnot json\n${two}`, ndjson)
      expect(mixed.status).toBe(207)
      expect(mixed.body).toMatchObject({ accepted: 2, rejected: 2 })
      expect(mixed.body.error).toBeUndefined()
      expect(mixed.body.errors).toEqual([
        { index: 0, line: 2, code: 'InvalidQuery', field: 'event.data.passed', message: expect.any(String) },
        { index: 2, line: 5, code: 'InvalidQuery', field: 'document', message: expect.any(String) },
      ])
      const none = await post(url, `[${faulty}]`, json)
      expect(none.status).toBe(400)
      expect(none.body).toMatchObject({
        accepted: 0,
        rejected: 1,
        errors: [{ index: 0, field: 'event.data.passed' }],
        error: { code: 'InvalidQuery', field: 'event.data.passed' },
      })
      expect(await loggedEvents(environment, null)).toEqual([one, two])
    })

    test('with ?atomic=true all are appended or none', async () => {
      const environment = bench.newEnvironment(log)
      const key = await bench.createKey(environment, null, ['produce'])
      const { url } = await bench.serve(environment, { roles: ['ingest'] })
      const [json, ndjson] = [keyHeaders(key, JSON_BODY), keyHeaders(key, NDJSON)]
      const texts = ['acme', 'other', null].map((tenant_id) => textOf(outcome({ tenant_id })))
      const faulty = texts[0]!.replace('"passed":true', '"passed":7')
      const none = await post(url, [...texts, faulty].join('\n'), ndjson, '?atomic=true')
      expect(none.status).toBe(400)
      expect(none.body).toMatchObject({
        accepted: 0,
        rejected: 4,
        positions: [],
        errors: [{ index: 3, line: 4, field: 'event.data.passed' }],
        error: { code: 'InvalidQuery' },
      })
      expect(await loggedEvents(environment, 'acme')).toEqual([])
      const all = await post(url, `[${texts.join(',')}]`, json, '?atomic=true')
      expect(all.status).toBe(200)
      expect(all.body).toMatchObject({ accepted: 3, rejected: 0, errors: [] })
      expect(all.body.positions).toHaveLength(3)
      expect(await loggedEvents(environment, 'other')).toEqual([texts[1]])
    })
  })
}

describe('bodies', () => {
  test('say what they are in a header, or are looked at: curl -d works', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const [one, two] = [textOf(outcome()), textOf(outcome())]
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await post(url, one, form)).status).toBe(200)
    expect((await post(url, Buffer.from(`[${one},${two}]`), {})).body.accepted).toBe(2)
    // As curl -d @file sends the lines of a file.
    expect((await post(url, `${one}${two}`, form)).body.accepted).toBe(2)
    const text = await post(url, 'event=1', form)
    expect(text.status).toBe(415)
    expect(text.body.error?.message).toContain('content-type: application/json')
    const xml = await post(url, '<event/>', { 'content-type': 'text/xml' })
    expect(xml.status).toBe(415)
    expect(xml.body).toEqual({
      error: { code: 'InvalidQuery', field: 'content-type', message: expect.stringContaining('application/x-ndjson') },
    })
    expect((await post(url, one, { 'content-type': 'application/json; charset=iso-8859-1' })).status).toBe(415)
    expect((await post(url, '', JSON_BODY)).status).toBe(400)
    expect((await post(url, '', NDJSON)).body).toMatchObject({ accepted: 0, rejected: 0 })
    const several = await post(url, `${one}\n${two}`, JSON_BODY)
    expect(several.body.error?.message).toContain('application/x-ndjson')
    expect(await loggedEvents(environment, null)).toHaveLength(5)
  })

  test('arrays that are none are refused as a whole', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const one = textOf(outcome())
    for (const body of [`[${one}`, `[${one},`, `[${one},]`, `[${one} ${one}]`, `[${one}]x`, `[,${one}]`]) {
      const answer = await post(url, body, JSON_BODY)
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ accepted: 0, error: { code: 'InvalidQuery', field: 'body' } })
    }
    expect((await post(url, '[]', JSON_BODY)).status).toBe(200)
    expect(await loggedEvents(environment, null)).toEqual([])
  })

  test('come encoded, and what is not in its encoding is refused', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const texts = Array.from({ length: 200 }, () => textOf(outcome()))
    const body = Buffer.from(texts.join('\n'))
    const encoded = { gzip: gzipSync(body), br: brotliCompressSync(body), deflate: deflateSync(body) }
    for (const [encoding, bytes] of Object.entries(encoded)) {
      const right = await post(url, bytes, { ...NDJSON, 'content-encoding': encoding })
      expect(right).toMatchObject({ status: 200, body: { accepted: 200 } })
      const wrong = await post(url, body, { ...NDJSON, 'content-encoding': encoding })
      expect(wrong.status).toBe(400)
      expect(wrong.body).toMatchObject({ accepted: 0, error: { field: 'body', message: `body: is not ${encoding}` } })
      const cut = await post(url, bytes.subarray(0, bytes.length - 9), { ...NDJSON, 'content-encoding': encoding })
      expect(cut.status).toBe(400)
    }
    expect((await post(url, body, { ...NDJSON, 'content-encoding': 'lzma' })).status).toBe(415)
  })

  test('that are too large are refused: whole ones, lines, and bombs', async () => {
    const environment = bench.newEnvironment(lmdb)
    const changes = { HTTP_BODY_BYTES: '100000', HTTP_ATOMIC_EVENTS: '3' }
    const { url } = await bench.serve(environment, { roles: ['ingest'], changes })
    const one = textOf(outcome())
    const spaces = ' '.repeat(200_000)
    expect((await post(url, `${spaces}${one}`, JSON_BODY)).status).toBe(413)
    const stream = new Blob([`[${one}`, spaces, ']']).stream()
    expect((await post(url, stream, JSON_BODY)).status).toBe(413)
    const lines = await post(url, `${one}\n${spaces}${one}\n${one}\n`)
    expect(lines.body).toMatchObject({ accepted: 2, rejected: 1, errors: [{ index: 1, line: 2, field: 'document' }] })
    const bomb = gzipSync(Buffer.alloc(200 << 20, ' '), { level: 9 })
    const bombed = await post(url, bomb, { ...NDJSON, 'content-encoding': 'gzip' })
    expect(bombed.status).toBe(413)
    expect((await post(url, bomb, { ...JSON_BODY, 'content-encoding': 'gzip' })).status).toBe(413)
    const many = [one, one, one, one]
    expect((await post(url, `[${many.join(',')}]`, JSON_BODY, '?atomic=true')).status).toBe(413)
    expect((await post(url, many.join('\n'), NDJSON, '?atomic=true')).status).toBe(413)
    expect(await loggedEvents(environment, null)).toHaveLength(2)
  })

  test('bodies of very many values that are no events are refused as a whole, and lines of them hold up nobody', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    for (const body of [`[${'0,'.repeat(100_000)}0]`, '{}'.repeat(100_000)]) {
      const answer = await post(url, body, body.startsWith('[') ? JSON_BODY : FORM)
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ rejected: 0, error: { code: 'InvalidQuery', field: 'body' } })
    }
    const turns = { count: 0, isOver: false }
    const counting = (async () => {
      for (; !turns.isOver; turns.count++) await setImmediate()
    })()
    const lines = await post(url, '{}\n'.repeat(20_000))
    turns.isOver = true
    await counting
    expect(lines.body).toMatchObject({ accepted: 0, rejected: 20_000 })
    // One for each 500 of the lines at least.
    expect(turns.count).toBeGreaterThan(40)
    const one = textOf(outcome())
    expect((await post(url, `[${'0,'.repeat(9000)}${one}]`, JSON_BODY)).body).toMatchObject({ accepted: 1 })
  })
})

describe('whose events they are', () => {
  test("a key's tenant is given to events without one, and those of others are refused", async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const headers = keyHeaders(key, NDJSON)
    const own = textOf(outcome({ tenant_id: 'acme' }))
    const none = textOf(outcome())
    // Not in the order of the reference, so that it goes the long way.
    const unordered = JSON.stringify({ ...JSON.parse(textOf(outcome())), event_id: 'evt-unordered' })
    const foreign = textOf(outcome({ tenant_id: 'rival' }))
    const answer = await post(url, [own, foreign, none, unordered].join('\n'), headers)
    expect(answer.status).toBe(207)
    expect(answer.body.errors).toEqual([
      { index: 1, line: 2, code: 'Forbidden', field: 'tenant_id', message: expect.any(String) },
    ])
    const stored = await loggedEvents(environment, 'acme')
    expect(stored.slice(0, 2)).toEqual([own, none.replace('"tenant_id":null', '"tenant_id":"acme"')])
    expect(stored[2]).toContain('evt-unordered')
    expect(stored).toHaveLength(3)
    const refused = await post(url, foreign, headers)
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({ accepted: 0, error: { code: 'Forbidden', field: 'tenant_id' } })
    const atomic = await post(url, `${own}\n${foreign}`, headers, '?atomic=true')
    expect(atomic.body).toMatchObject({ accepted: 0, rejected: 2, errors: [{ index: 1, code: 'Forbidden' }] })
    expect((await post(url, none, headers, '?atomic=true')).status).toBe(200)
    expect(await loggedEvents(environment, 'rival')).toEqual([])
    expect(await loggedEvents(environment, null)).toEqual([])
    expect(await loggedEvents(environment, 'acme')).toHaveLength(4)
  })
})
