import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SchemaId, SchemaRegistry } from '../../log/schema-registry.ts'

export interface SchemaRegistryFixture {
  /** A client of its own, of the same registry as every other that this fixture opens. */
  open(): Promise<SchemaRegistry>
  dispose(): Promise<void>
}

export interface RegistryUnderTest {
  readonly name: string
  /** Why the suite can't run here; undefined if it can. */
  readonly skipped?: string | undefined
  readonly create: () => Promise<SchemaRegistryFixture>
}

const NEVER_GIVEN = 2_000_000_000 as SchemaId

function schemaWith(...fields: object[]): string {
  return JSON.stringify({
    type: 'record',
    name: 'Sample',
    namespace: 'contract.test',
    doc: 'kept',
    fields: [{ name: 'id', type: 'string', doc: 'kept too' }, ...fields],
  })
}

function subject(): string {
  return `contract-test-${randomUUID()}-value`
}
function unique(): object {
  return { name: `u${randomUUID().replaceAll('-', '')}`, type: 'long', default: 0 }
}

/** What every schema registry does. */
export function describeSchemaRegistry(adapter: RegistryUnderTest): void {
  describe.skipIf(adapter.skipped !== undefined)(`schema registry on ${adapter.name}`, () => {
    let fixture: SchemaRegistryFixture

    beforeAll(async () => {
      fixture = await adapter.create()
    })
    afterAll(() => fixture?.dispose())

    test('tells what it holds of a subject, and changes nothing', async () => {
      const registry = await fixture.open()
      const [name, first, other] = [subject(), schemaWith(unique()), schemaWith(unique())]
      expect(await registry.describe(name, first)).toMatchObject({ isRegistered: false, versions: 0 })
      await registry.register(name, first)
      const held = { versions: 1, compatibility: 'FULL_TRANSITIVE' }
      expect(await registry.describe(name, first)).toEqual({ ...held, isRegistered: true })
      expect(await registry.describe(name, other)).toEqual({ ...held, isRegistered: false })
      expect(await registry.describe(name, first)).toEqual({ ...held, isRegistered: true })
    })

    test('gives every client the schema of an id, with all that is in it', async () => {
      const schema = schemaWith(unique())
      const id = await (await fixture.open()).register(subject(), schema)
      expect(id).toBeGreaterThan(0)
      const text = await (await fixture.open()).schemaById(id)
      expect(JSON.parse(text ?? 'null')).toEqual(JSON.parse(schema))
    })

    test('gives the same schema the same id, whoever registers it and however it is laid out', async () => {
      const name = subject()
      const schema = schemaWith(unique())
      const clients = await Promise.all([fixture.open(), fixture.open()])
      const [first] = await Promise.all(clients.map((client) => client.register(name, schema)))
      for (const client of clients) {
        expect(await client.register(name, schema)).toBe(first)
        expect(await client.register(name, JSON.stringify(JSON.parse(schema), null, 2))).toBe(first)
      }
    })

    test('gives another schema another id, and keeps the first', async () => {
      const registry = await fixture.open()
      const name = subject()
      const schemas = [schemaWith(unique()), schemaWith(unique())]
      const ids = []
      for (const schema of schemas) ids.push(await registry.register(name, schema))
      expect(ids[0]).not.toBe(ids[1])
      const texts = await Promise.all(ids.map((id) => registry.schemaById(id)))
      expect(texts.map((text) => JSON.parse(text ?? 'null'))).toEqual(schemas.map((schema) => JSON.parse(schema)))
    })

    test('does not know an id that was never given', async () => {
      const registry = await fixture.open()
      expect(await registry.schemaById(NEVER_GIVEN)).toBeNull()
      expect(await registry.schemaById(NEVER_GIVEN)).toBeNull()
    })

    test('refuses a schema that cannot read, or be read by, every earlier one of its subject', async () => {
      const registry = await fixture.open()
      const name = subject()
      const first = unique()
      await registry.register(name, schemaWith(first))
      await registry.register(name, schemaWith(first, unique()))
      for (const incompatible of [
        schemaWith({ ...first, type: 'string', default: '' }),
        schemaWith(first, { name: 'required', type: 'string' }),
      ]) {
        await expect(registry.register(name, incompatible)).rejects.toMatchObject({
          code: 'StorageError',
          retryable: false,
        })
      }
      // The same under a subject of its own is fine.
      await registry.register(subject(), schemaWith({ ...first, type: 'string', default: '' }))
    })

    test('refuses a new branch of a union and a new word of an enum, which earlier readers lack', async () => {
      const registry = await fixture.open()
      const kind = (name: string): object => ({ type: 'record', name, fields: [{ name: 'id', type: 'string' }] })
      const schema = (kinds: readonly string[], words: readonly string[]): string =>
        schemaWith(
          { name: 'event', type: kinds.map(kind) },
          { name: 'word', type: { type: 'enum', name: 'Word', symbols: words } },
        )
      const name = subject()
      await registry.register(name, schema(['A', 'B'], ['x', 'y']))
      for (const later of [schema(['A', 'B', 'C'], ['x', 'y']), schema(['A', 'B'], ['x', 'y', 'z'])]) {
        await expect(registry.register(name, later)).rejects.toMatchObject({ code: 'StorageError', retryable: false })
        // A version with a subject of its own takes them.
        await registry.register(subject(), later)
      }
    })

    test('refuses what is no schema', async () => {
      const registry = await fixture.open()
      await expect(registry.register(subject(), 'no JSON')).rejects.toMatchObject({ code: 'StorageError' })
    })
  })
}
