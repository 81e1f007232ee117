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

test.skipIf(zstd.zstdCompressSync === undefined)(
  'zstd is read, unless its window is larger than HTTP allows',
  async () => {
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
    const answerTo = async (body: Buffer): Promise<readonly [number, string]> => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-encoding': 'zstd' },
        body: new Uint8Array(body),
      })
      return [answer.status, await answer.text()]
    }
    // Zeros shrink to next to nothing, and the window is as large as was asked for.
    const bytes = Buffer.alloc(32 << 20)
    expect(await answerTo(compressed(bytes, 23))).toEqual([200, String(bytes.length)])
    expect(await answerTo(compressed(bytes, 25))).toEqual([400, 'body: is not zstd with a window of 8 MiB at most'])
    await app.close()
  },
)
