import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inject } from 'vitest'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LmdbSchemaRegistry } from '../../log/embedded/lmdb-schema-registry.ts'
import { openLmdb } from '../../log/embedded/open-lmdb.ts'
import { ConfluentSchemaRegistry } from '../../log/kafka/confluent-schema-registry.ts'
import type { SchemaId } from '../../log/schema-registry.ts'
import { compatibilityFault } from '../../schemas/avro/schema/schema-compatibility.ts'
import { createLmdbFixture } from './event-log/lmdb-fixture.ts'
import { describeSchemaRegistry } from './schema-registry.contract.ts'

describeSchemaRegistry({
  name: 'LMDB',
  create: async () => {
    const fixture = await createLmdbFixture()
    const tables = await openLmdb(fixture.directory)
    return {
      open: async () => new LmdbSchemaRegistry(tables, { checkCompatible: compatibilityFault }),
      dispose: async () => {
        await tables.close()
        await fixture.dispose()
      },
    }
  },
})

const url = inject('schemaRegistryUrl')
describeSchemaRegistry({
  name: 'a Confluent-compatible registry',
  skipped: url === '' ? 'no schema registry: see the start of this run' : undefined,
  create: async () => ({ open: async () => new ConfluentSchemaRegistry({ url }), dispose: async () => undefined }),
})

/** A registry that answers as a test says, and counts what it is asked. */
async function pretend(answer: (path: string) => { status: number; body: unknown } | null) {
  const asked: { path: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization })
    const given = answer(request.url ?? '')
    if (given === null) return
    response.writeHead(given.status, { 'content-type': 'application/json' }).end(JSON.stringify(given.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const ID = 7 as SchemaId
const SCHEMA = '{"type":"record","name":"A","fields":[]}'

describe('Confluent schema registry', () => {
  test('asks once for a known id, however many look it up at once', async () => {
    const { asked, host } = await pretend(() => ({ status: 200, body: { schema: SCHEMA } }))
    const registry = new ConfluentSchemaRegistry({ url: `http://${host}` })
    expect(await Promise.all(Array.from({ length: 20 }, () => registry.schemaById(ID)))).toEqual(Array(20).fill(SCHEMA))
    expect(await registry.schemaById(ID)).toBe(SCHEMA)
    expect(asked).toHaveLength(1)
  })

  test('asks again for an unknown id only after a while', async () => {
    const { asked, host } = await pretend(() => ({ status: 404, body: { error_code: 40_403, message: 'not found' } }))
    const patient = new ConfluentSchemaRegistry({ url: `http://${host}` })
    for (let count = 0; count < 5; count++) expect(await patient.schemaById(ID)).toBeNull()
    expect(asked).toHaveLength(1)
    const hasty = new ConfluentSchemaRegistry({ url: `http://${host}`, unknownForMs: 0 })
    for (let count = 0; count < 2; count++) expect(await hasty.schemaById(ID)).toBeNull()
    expect(asked).toHaveLength(3)
  })

  test('takes the bare 404 of a wrong URL for a failure, not for an unknown id', async () => {
    const { host } = await pretend(() => ({ status: 404, body: { error: 'no such page' } }))
    const registry = new ConfluentSchemaRegistry({ url: `http://${host}/wrong` })
    await expect(registry.schemaById(ID)).rejects.toMatchObject({ code: 'StorageError' })
  })

  test('sends the user and password of its URL, and keeps them out of messages', async () => {
    const { asked, host } = await pretend(() => ({ status: 403, body: { error_code: 403, message: 'forbidden' } }))
    const registry = new ConfluentSchemaRegistry({ url: `http://us%40er:se%3Acret@${host}` })
    const failure: unknown = await registry.schemaById(ID).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'StorageError', message: expect.stringContaining(host) as unknown })
    expect(String(failure)).not.toContain('cret')
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('us@er:se:cret').toString('base64')}`)
  })

  test('says "unavailable" with its address when nothing answers, in time', async () => {
    const silent = await pretend(() => null)
    const broken = await pretend(() => ({ status: 503, body: { message: 'down' } }))
    for (const host of ['127.0.0.1:1', silent.host, broken.host]) {
      const registry = new ConfluentSchemaRegistry({ url: `http://${host}`, timeoutMs: 100 })
      const unavailable = { code: 'Unavailable', retryable: true, message: expect.stringContaining(host) as unknown }
      await expect(registry.schemaById(ID)).rejects.toMatchObject(unavailable)
      await expect(registry.register('subject', SCHEMA)).rejects.toMatchObject(unavailable)
    }
  })
})
