import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench, withKey, type Served } from './http-bench.ts'
import { RawConnection, statusesOf } from './raw-connection.ts'

const bench = new HttpBench()
const connections: RawConnection[] = []
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close()
})

const IMPATIENT = { HTTP_CLIENT_TIMEOUT_MS: '500' }

function connected(...parts: ConstructorParameters<typeof RawConnection>): RawConnection {
  const connection = new RawConnection(...parts)
  connections.push(connection)
  return connection
}

function open(changes: Readonly<Record<string, string>> = {}): Promise<Served> {
  return bench.serve(bench.newEnvironment(lmdb), { changes })
}

/** The lines of a request, each ended as HTTP does. */
function lines(...each: readonly string[]): string {
  return each.map((line) => `${line}\r\n`).join('')
}

describe('what is not quite HTTP is refused, and nothing after it is taken for a request', () => {
  const head = ['POST /v1/events HTTP/1.1', 'Host: 127.0.0.1']
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

  const requests: readonly (readonly [name: string, sent: string])[] = [
    ['both lengths', lines(...head, 'Content-Length: 4', 'Transfer-Encoding: chunked', '') + `0\r\n\r\n${hidden}`],
    ['two lengths', lines(...head, 'Content-Length: 0', `Content-Length: ${hidden.length}`, '') + hidden],
    ['a list of lengths', lines(...head, 'Content-Length: 0, 0', '') + hidden],
    ['a signed length', lines(...head, 'Content-Length: +0', '') + hidden],
    ['a length in hex', lines(...head, 'Content-Length: 0x10', '') + hidden],
    ['a length beyond 64 bits', lines(...head, 'Content-Length: 18446744073709551617', '') + hidden],
    [
      'an encoding that is not the last',
      lines(...head, 'Transfer-Encoding: chunked, identity', '') + `0\r\n\r\n${hidden}`,
    ],
    ['an unknown encoding', lines(...head, 'Transfer-Encoding: xchunked', '') + `0\r\n\r\n${hidden}`],
    ['a space before the colon', lines(...head, 'Content-Length : 0', '') + hidden],
    ['a folded header', lines(...head, 'Transfer-Encoding:', ' chunked', '') + `0\r\n\r\n${hidden}`],
    ['bare line feeds', lines(...head, 'Content-Length: 0', '').replaceAll('\r\n', '\n') + hidden],
    ['a bare carriage return', lines(...head, 'X: a\rContent-Length: 50', '') + hidden],
    ['a null in a header', lines(...head, 'X: a\0b', '') + hidden],
    ['a chunk of no size', lines(...head, 'Transfer-Encoding: chunked', '') + `zz\r\n${hidden}`],
    ['a chunk of a huge size', lines(...head, 'Transfer-Encoding: chunked', '') + `fffffffffffffffff\r\n${hidden}`],
    ['no host', lines('GET /healthz HTTP/1.1', '') + hidden],
    ['an unknown method', lines('EAT /healthz HTTP/1.1', 'Host: 127.0.0.1', '') + hidden],
    ['no protocol', lines('GET /healthz', '') + hidden],
    ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['headers that are too large', lines('GET /healthz HTTP/1.1', `X: ${'x'.repeat(400_000)}`, '') + hidden],
    ['too many headers', lines('GET /healthz HTTP/1.1', ...Array.from({ length: 5000 }, () => 'a: b'), '') + hidden],
  ]

  test('whatever is wrong with it', async () => {
    const { url } = await open()
    for (const [name, sent] of requests) {
      const answer = await connected(url).send(sent).untilClosed()
      expect(statusesOf(answer), name).toHaveLength(1)
      expect(Math.floor(statusesOf(answer)[0]! / 100), name).toBe(4)
      expect(answer, name).not.toContain('"ok"')
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('an answer that has begun is not followed by another, but cut', async () => {
    const { url } = await open()
    const sent = lines('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '') + lines(...head, 'Content-Length: 4', '')
    const answer = await connected(url).send(`${sent}no JSON\r\n\r\n`).untilClosed()
    expect(statusesOf(answer).at(0)).toBe(200)
    expect(statusesOf(answer).length).toBeLessThanOrEqual(2)
  })
})

describe('a slow client is cut', () => {
  test('that says nothing, or not all its headers', async () => {
    const { url } = await open(IMPATIENT)
    const silent = connected(url)
    const slow = connected(url).send('GET /healthz HTTP/1.1\r\nHost: ')
    expect(statusesOf(await slow.untilClosed())).toEqual([408])
    await silent.untilClosed()
  })

  test('that sends its body a byte at a time', async () => {
    const { url, logged } = await open(IMPATIENT)
    const slow = connected(url).send(lines('POST /v1/events HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 5000', ''))
    const drip = setInterval(() => slow.send(' '), 50)
    expect(statusesOf(await slow.untilClosed())).toEqual([408])
    clearInterval(drip)
    expect(logged.join()).toContain('sends its body too slowly')
    expect(logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([])
  })

  test('that takes nothing of a long answer', async () => {
    const environment = bench.newEnvironment(lmdb)
    const patient = await bench.serve(environment)
    const events = Array.from({ length: 40 }, () => json(outcome({}, { backend: 'x'.repeat(400_000) })))
    await append(patient.url, events)
    await patient.stop()
    const { url, logged } = await bench.serve(environment, { changes: IMPATIENT })
    const request = lines('GET /v1/events HTTP/1.1', 'Host: 127.0.0.1', 'Accept: application/x-ndjson', '')
    let asked = 0
    await until(async () => {
      // A busy machine may refuse the first.
      const refused = logged.filter((line) => line.includes('"status":503')).length
      if (asked <= refused) {
        asked++
        connected(url, { reads: false }).send(request)
      }
      return logged.join().includes('takes nothing of its answer')
    })
  })

  test('but not one that waits for its answer, or rests between two requests', async () => {
    const { url } = await open({ HTTP_CLIENT_TIMEOUT_MS: '100' })
    const request = lines('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '')
    const patient = connected(url).send(request)
    await until(async () => statusesOf(patient.answer).length === 1)
    const since = performance.now()
    await until(async () => performance.now() - since > 500)
    patient.send(request)
    await until(async () => statusesOf(patient.answer).length === 2)
  })
})

describe('paths and parameters', () => {
  test.each([
    ['with bytes that are no text', ['/v1/events/%zz', '/v1/events/%ff', '/%c0%ae%c0%ae/etc/passwd']],
    ['with a null', ['/v1/events/%00']],
    ['that climb', ['/v1/events/..%2f..%2fhealthz', '/v1/../healthz', '/v1/events/%2e%2e/healthz']],
    ['with empty parts', ['//healthz', '/v1//events']],
    ['that are long', [`/v1/events/${'x'.repeat(5000)}`]],
  ])('%s are nothing', async (_name, paths) => {
    const { url } = await open()
    for (const path of paths) await isNothing(url, path)
  })

  async function isNothing(url: string, path: string): Promise<void> {
    const connection = connected(url).send(lines(`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ''))
    const answer = await connection.untilClosed()
    expect([400, 404]).toContain(statusesOf(answer)[0])
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { error: object }
    expect(Object.keys(body.error)).toEqual(['code', 'message', 'field'])
    expect(answer).toContain('nosniff')
  }

  test('names of what every object has are no parameters, and no fields', async () => {
    const { url } = await open()
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const asked = await fetch(`${url}/v1/events?${name}=1`)
      expect(asked.status).toBe(400)
      expect(await asked.text()).toContain(name)
    }
    const poisoned = json(outcome()).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    )
    await fetch(`${url}/v1/events`, post(poisoned))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('a browser', () => {
  test('that loads something of this server into a page from elsewhere gets nothing without a key', async () => {
    const { url } = await open()
    for (const site of ['cross-site', 'same-site']) {
      expect((await fetch(`${url}/v1/events`, { headers: { 'sec-fetch-site': site } })).status).toBe(403)
    }
    expect((await fetch(`${url}/v1/events`, { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200)
  })

  test('that was told another name for this machine gets nothing without a key', async () => {
    const { url } = await open()
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.0.0.1@evil.example']) {
      const request = lines('GET /v1/events HTTP/1.1', `Host: ${host}`, 'Connection: close', '')
      expect(statusesOf(await connected(url).send(request).untilClosed())).toEqual([403])
    }
  })

  test('may show answers to pages of the origins that were named, and of no others', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, null, ['read'])
    const changes = { HTTP_CORS_ORIGINS: 'https://app.example, https://other.example:8443' }
    const { url } = await bench.serve(environment, { changes })
    const asked = { origin: 'https://app.example' }
    const before = { ...asked, 'access-control-request-method': 'POST' }
    const preflight = await fetch(`${url}/v1/events`, { method: 'OPTIONS', headers: before })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    const answer = await fetch(`${url}/v1/events`, withKey(key, { headers: asked }))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(answer.headers.get('vary')).toContain('Origin')
    expect((await fetch(`${url}/v1/events`, { headers: asked })).status).toBe(401)

    const elsewhere = { headers: { origin: 'https://app.example.evil.example' } }
    expect(
      (await fetch(`${url}/v1/events`, withKey(key, elsewhere))).headers.get('access-control-allow-origin'),
    ).toBeNull()
    const plain = await open()
    const silent = await fetch(`${plain.url}/healthz`, { headers: asked })
    expect(silent.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('what clients send', () => {
  test('stands in no log and, where it is a secret, in no answer', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['read', 'produce'])
    const { url, logged } = await bench.serve(environment)
    const mark = 'MARK5ecret'
    const headers = {
      'x-request-id': `{"${mark}": "x"}`,
      cookie: mark,
      'user-agent': mark,
      referer: `http://${mark}.example`,
      'content-type': `application/json; charset=${mark}`,
      'experience-position': `${mark}/0/0`,
      accept: mark,
    }
    const body = json(outcome({ tenant_id: 'acme', correlation_id: mark }, { backend: mark }))
    const faulty = body.replace('"Planning"', `"${mark}"`)
    const wrong = key.replace(/.{10}$/, mark)
    const paths = ['/v1/events', `/v1/events?tenant_id=${mark}`, `/v1/events/${mark}?x=${mark}`, `/${mark}?${mark}`]
    const answers: string[] = []
    for (const each of paths) {
      for (const text of [key, wrong, mark]) {
        for (const init of [
          { headers },
          ...[body, faulty, `{"${mark}`].map((sent) => ({ headers, method: 'POST', body: sent })),
        ]) {
          const answer = await fetch(`${url}${each}`, withKey(text, init))
          answers.push(`${[...answer.headers].join()} ${await answer.text()}`)
        }
      }
    }
    for (const secret of [key, key.slice(-43), wrong]) expect(answers.join('\n')).not.toContain(secret)
    const errors = answers.filter((answer) => answer.includes('"error":{'))
    expect(errors.length).toBeGreaterThan(10)
    expect(errors.filter((answer) => answer.includes(mark) && !answer.includes('unrecognized'))).toEqual([])
    expect(logged.length).toBeGreaterThan(10)
    for (const line of logged) {
      expect(() => JSON.parse(line) as unknown).not.toThrow()
      expect(line).not.toContain(mark)
      expect(line).not.toContain(key)
    }
  })

  test('names a request only if that is harmless', async () => {
    const { url } = await open()
    const named = await fetch(`${url}/healthz`, { headers: { 'x-request-id': 'job-7:a.b' } })
    expect(named.headers.get('x-request-id')).toBe('job-7:a.b')
    for (const id of ['a b', '"', '<script>', 'x'.repeat(200), '{}', 'a\tb']) {
      const renamed = await fetch(`${url}/healthz`, { headers: { 'x-request-id': id } })
      expect(renamed.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('does not tell, by the time it takes, which ids of keys there are', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, null, ['read'])
    const { url } = await bench.serve(environment)
    const secret = key.slice(-43)
    const guesses = [
      key.replace(secret, 'A'.repeat(secret.length)),
      `elog_${'0'.repeat(12)}_${'A'.repeat(secret.length)}`,
    ]
    const times = [[], []] as number[][]
    for (let round = 0; round < 5; round++) {
      for (const [index, guess] of guesses.entries()) {
        const begunAt = performance.now()
        expect((await fetch(`${url}/v1/events`, withKey(guess))).status).toBe(401)
        times[index]!.push(performance.now() - begunAt)
      }
    }
    const [known, unknown] = times.map((each) => each.toSorted((a, b) => a - b)[2]!)
    expect(Math.abs(known! - unknown!)).toBeLessThan(150)
  })
})

function post(body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body }
}

/** A few at a time, again where the server has too much to do. */
async function append(url: string, events: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' }
  for (let next = 0; next < events.length; next += 5) {
    const body = events.slice(next, next + 5).join('\n')
    await until(async () => (await fetch(`${url}/v1/events`, { method: 'POST', headers, body })).status === 200)
  }
}
