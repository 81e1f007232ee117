import { fastify } from 'fastify'
import { describe, expect, test } from 'vitest'
import { sendLines } from '../../../service/http/answers/send-lines.ts'

async function* failing(): AsyncGenerator<string> {
  yield '{"first":1}\n'
  throw new Error('the store went away')
}

describe('an answer in lines', () => {
  test('that fails midway is cut, so that no client takes it for whole', async () => {
    const app = fastify()
    app.get('/', async (_request, reply) => {
      await sendLines(reply, failing())
      return reply
    })
    const url = await app.listen({ port: 0 })
    try {
      const response = await fetch(url)
      await expect(response.text()).rejects.toThrow()
    } finally {
      await app.close()
    }
  })
})
