import { expect, test } from 'vitest'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { offset } from '../../../base/position.ts'
import type { StoredRecord } from '../../../log/record.ts'
import type { SchemaRegistry } from '../../../log/schema-registry.ts'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { frame } from '../../../schemas/avro/wire-format.ts'
import { ExperienceError } from '../../../base/experience-error.ts'

function registry(answers: ((id: number) => Promise<string | null>)[]) {
  const asked: number[] = []
  const schemaById: SchemaRegistry['schemaById'] = (id) => {
    asked.push(id)
    return (answers[asked.length - 1] ?? answers.at(-1)!)(id)
  }
  const register: SchemaRegistry['register'] = () => Promise.reject(new Error('not asked for'))
  return { asked, registry: { schemaById, register, close: async () => {} } }
}
async function known() {
  return JSON.stringify(envelopeAvroSchema)
}

/** Records that name schemas. */
function records(...schemaIds: readonly number[]): StoredRecord[] {
  return schemaIds.map((schemaId, index) => ({
    topic: 't',
    partition: 0,
    offset: offset(index),
    key: '',
    value: frame(schemaId, Buffer.alloc(0)),
    headers: {},
    timestamp: 0,
    sequence: 0,
  }))
}

async function decoderOf(decoders: EnvelopeDecoders, schemaId: number) {
  return (await decoders.findFor(records(schemaId))).find(schemaId)
}

test('asks the registry once for each id, also when many ask at once', async () => {
  const { asked, registry: held } = registry([known])
  const decoders = new EnvelopeDecoders(held)
  const found = await Promise.all(Array.from({ length: 10 }, (_, index) => decoderOf(decoders, index % 2)))
  expect(found.every((decoder) => decoder !== null)).toBe(true)
  expect(asked).toEqual([0, 1])
})

test('asks again for an id that was unknown, or could not be asked for', async () => {
  const unavailable = () => Promise.reject(new ExperienceError('Unavailable', 'the registry is away'))
  const decoders = new EnvelopeDecoders(registry([unavailable, async () => null, known]).registry)
  await expect(decoderOf(decoders, 1)).rejects.toMatchObject({ code: 'Unavailable' })
  expect(await decoderOf(decoders, 1)).toBeNull()
  expect(await decoderOf(decoders, 1)).not.toBeNull()
})

test('finds no decoder for a schema that holds no envelopes', async () => {
  for (const schema of ['"string"', '{"type":"record","name":"Other","fields":[]}', 'no JSON']) {
    expect(await decoderOf(new EnvelopeDecoders(registry([async () => schema]).registry), 1)).toBeNull()
  }
})

test('asks for many ids some at a time, each once, and for no more after a failure', async () => {
  let [atOnce, most] = [0, 0]
  const slow = async (): Promise<null> => {
    most = Math.max(most, ++atOnce)
    await new Promise((resolve) => setTimeout(resolve, 1))
    atOnce--
    return null
  }
  const flood = registry([slow])
  const ids = new Set(Array.from({ length: 1000 }, (_, index) => index))
  const found = await new EnvelopeDecoders(flood.registry).findFor(records(...ids))
  expect(found.find(999)).toBeNull()
  expect(flood.asked.toSorted((a, b) => a - b)).toEqual([...ids])
  expect(most).toBeGreaterThan(10)
  expect(most).toBeLessThan(100)

  const away = registry([() => Promise.reject(new ExperienceError('Unavailable', 'the registry is away'))])
  await expect(new EnvelopeDecoders(away.registry).findFor(records(...ids))).rejects.toMatchObject({
    code: 'Unavailable',
  })
  expect(away.asked.length).toBeLessThan(100)
})

test('tells the schema that this release writes with from others, and from itself as another release reads it', async () => {
  const other = JSON.stringify({ ...(envelopeAvroSchema as object), doc: 'another' })
  const older = JSON.stringify(envelopeAvroSchema).replace('"Planning"]', '"Planning","Later"]')
  const schemas = [await known(), other, older]
  const held = registry([async () => null]).registry
  held.schemaById = async (id) => schemas[id] ?? null
  const isPresent = async (decoders: EnvelopeDecoders): Promise<boolean[]> => {
    const found = await decoders.findFor(records(0, 1, 2))
    return [0, 1, 2].map((schemaId) => found.isPresent(schemaId))
  }
  expect(await isPresent(new EnvelopeDecoders(held))).toEqual([true, true, false])
})
