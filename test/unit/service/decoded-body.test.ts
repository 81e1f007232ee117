import zlib from 'node:zlib'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { readBody } from '../../../service/http/body/read-body.ts'
import { httpErrorOf } from '../../../service/http/http-error.ts'

/** Since Node 22.15. */
const zstd = zlib as unknown as {
  readonly zstdCompressSync?: (bytes: Buffer, options: { readonly params: Record<number, number> }) => Buffer
  readonly constants: { readonly ZSTD_c_windowLog: number }
}

function compressed(bytes: Buffer, windowLog: number): Buffer {
  return zstd.zstdCompressSync!(bytes, { params: { [zstd.constants.ZSTD_c_windowLog]: windowLog } })
}

/** Asks a server that tells how many bytes of a body it has read. */
async function answersTo(bodies: readonly (readonly [encoding: string, body: Buffer])[]): Promise<unknown[]> {
  const app = fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post('/', async (request, reply) => {
    try {
      return String((await readBody(request, 64 << 20)).length)
    } catch (error) {
      const { status, message } = httpErrorOf(error)
      return reply.code(status).send(message)
    }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const answers: unknown[] = []
  for (const [encoding, body] of bodies) {
    const headers = { 'content-encoding': encoding }
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
    answers.push([answer.status, await answer.text()])
  }
  await app.close()
  return answers
}

test('what is no encoding is not taken for one because every object has it', async () => {
  const body = zlib.gzipSync('{}')
  const answers = await answersTo(['gzip', 'GZIP', 'compress', 'constructor', '__proto__'].map((name) => [name, body]))
  expect(answers).toEqual([[200, '2'], [200, '2'], ...Array.from({ length: 3 }, () => [415, expect.any(String)])])
})

// Node 20 has none; npm run test:nodes runs it where there is.
if (zstd.zstdCompressSync !== undefined)
  test('zstd is read, unless its window is larger than HTTP allows', async () => {
    // Zeros shrink to next to nothing, and the window is as large as was asked for.
    const bytes = Buffer.alloc(32 << 20)
    const answers = await answersTo([23, 25].map((windowLog) => ['zstd', compressed(bytes, windowLog)]))
    expect(answers).toEqual([
      [200, String(bytes.length)],
      [400, 'body: is not zstd with a window of 8 MiB at most'],
    ])
  })
