import { describe, expect, test } from 'vitest'
import { parseAnswers, type RawAnswer } from '../../fuzz/parse-answers.ts'
import { exchange } from '../../fuzz/raw-exchange.ts'
import { lmdb } from '../service-place.ts'
import { RawConnection } from './raw-connection.ts'
import { HttpBench } from './http-bench.ts'

const bench = new HttpBench()

async function answerTo(url: string, text: string): Promise<RawAnswer> {
  const bytes = await exchange(Number(new URL(url).port), { chunks: [Buffer.from(text)], patienceMs: 30_000 })
  const answers = parseAnswers(bytes)
  expect(answers).toHaveLength(1)
  return answers[0]!
}

describe('requests that are at fault as HTTP', () => {
  test.each([
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'host'],
    ['an address that cannot be decoded', 'GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'path'],
    ['an expectation', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n', 417, 'expect'],
    ['no HTTP', 'hello\r\n\r\n', 400, null],
    ['two lengths', 'POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, null],
    ['a huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, null],
  ])('with %s are answered in the form of every error', async (_, text, status, field) => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const answer = await answerTo(url, text)
    expect(answer.status).toBe(status)
    const error = { code: 'InvalidQuery', message: expect.any(String), field }
    expect(JSON.parse(answer.body)).toEqual({ error })
  })

  test('a body behind an address that cannot be decoded is not read for ever', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const connection = new RawConnection(url)
    connection.send('POST /%zz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n')
    const sending = setInterval(() => connection.send('x'), 200)
    expect(await connection.untilClosed()).toMatch(/^HTTP\/1\.1 400 /)
    clearInterval(sending)
  })

  test('a request of HTTP/1.0 needs no host', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    expect((await answerTo(url, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200)
  })
})
