import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { fastify } from 'fastify'
import { afterEach, expect, test, vi } from 'vitest'
import type { SettledLetter } from '../../../operations/dead-letters/settle.ts'
import { sendSettled } from '../../../service/http/operate/send-settled.ts'

const apps: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

/** A route that settles letters without end, and how many of those that read them are at it. */
async function endless(before: () => Promise<void> = async () => {}) {
  const app = fastify()
  apps.push(app)
  const seen = { reading: 0, socket: null as Socket | null }
  async function* letters(): AsyncGenerator<SettledLetter> {
    seen.reading++
    try {
      const refused = {
        id: 'a/0/1',
        kind: 'refused',
        reason: 'Invalid',
        field: null,
        message: 'x'.repeat(1000),
      } as const
      await before()
      for (;;) yield refused
    } finally {
      seen.reading--
    }
  }
  app.post('/', async (request, reply) => {
    seen.socket = request.raw.socket
    await sendSettled({ request, reply }, { choice: { ids: ['a/0/1'] }, unknown: [] }, letters)
    return reply
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => {})
  client.write('POST / HTTP/1.1\r\nhost: localhost\r\naccept: application/x-ndjson\r\ncontent-length: 0\r\n\r\n')
  return { client, seen }
}

test('a client that goes away in the middle leaves nobody reading', async () => {
  const { client, seen } = await endless()
  await once(client, 'data')
  client.destroy()
  await vi.waitFor(() => expect(seen.reading).toBe(0), 10_000)
})

test('nor does one that goes away before the first line', async () => {
  let left: () => void = () => {}
  const gone = new Promise<void>((resolve) => (left = resolve))
  const { client, seen } = await endless(() => gone)
  await vi.waitFor(() => expect(seen.reading).toBe(1), 10_000)
  client.destroy()
  await vi.waitFor(() => expect(seen.socket?.destroyed).toBe(true), 10_000)
  left()
  await vi.waitFor(() => expect(seen.reading).toBe(0), 10_000)
})
