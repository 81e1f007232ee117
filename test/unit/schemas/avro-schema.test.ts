import { readdirSync } from 'node:fs'
import avro from 'avsc'
import { describe, expect, test } from 'vitest'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { avscFiles, committedAvsc, releasedSchemas } from '../../../build/generate-avsc.ts'
import { typeOf } from '../../../schemas/avro/avsc-types/type-of.ts'
import { releasedFingerprints } from '../../../schemas/avro/schema/released-fingerprints.ts'
import { compatibilityFault } from '../../../schemas/avro/schema/schema-compatibility.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'

const present = JSON.stringify(envelopeAvroSchema)

describe.each([...avscFiles()])('%s', (name, text) => {
  test('on disk is what the contract says', () => {
    expect(committedAvsc(name)).toBe(text)
  })

  test('is a whole schema by itself', () => {
    expect(avro.Type.forSchema(JSON.parse(committedAvsc(name) ?? '') as avro.Schema).typeName).toBe('record')
  })
})

test('there is a file for each kind, and no other', () => {
  const files = readdirSync(new URL('../../../schemas/avro/events/', import.meta.url))
  expect(files.length).toBe(eventKinds.length)
  expect(new Set(files.map((file) => `events/${file}`))).toEqual(
    new Set([...avscFiles().keys()].filter((name) => name.startsWith('events/'))),
  )
})

test('every released schema is known by its fingerprint, and no other', () => {
  const fingerprints = releasedSchemas().map(({ schema }) => typeOf(JSON.parse(schema)).fingerprint('sha256'))
  expect([...releasedFingerprints].toSorted()).toEqual(fingerprints.map((each) => each.toString('hex')).toSorted())
})

describe('compatibility', () => {
  const earlier = [present]

  interface Field {
    name: string
    type: unknown
    default?: unknown
  }
  interface Named {
    name: string
    fields?: Field[]
    symbols?: string[]
  }

  /** The present schema with one named type changed. */
  function changed(name: string, change: (type: Named) => void): string {
    return JSON.stringify(envelopeAvroSchema, (_, value: unknown) => {
      const type = value as Named | null
      if (typeof value !== 'object' || type?.name !== name) return value
      const copy = structuredClone(type)
      change(copy)
      return copy
    })
  }
  const fieldsOf = (type: Named): Field[] => type.fields ?? []

  test('a new field with a default is compatible', () => {
    const schema = changed('OutcomeRecorded', (type) =>
      fieldsOf(type).push({ name: 'extra', type: ['null', 'string'], default: null }),
    )
    expect(schema).not.toBe(present)
    expect(compatibilityFault(schema, earlier)).toBeNull()
  })

  test('a field with a default may go', () => {
    const schema = changed('OutcomeRecorded', (type) => {
      type.fields = fieldsOf(type).filter(({ name }) => name !== 'metadata')
    })
    expect(schema).not.toBe(present)
    expect(compatibilityFault(schema, earlier)).toBeNull()
  })

  test.each<[string, string, (type: Named) => void]>([
    [
      'a new field without a default',
      'OutcomeRecorded',
      (type) => fieldsOf(type).push({ name: 'extra', type: 'string' }),
    ],
    ['a required field that goes', 'OutcomeRecorded', (type) => fieldsOf(type).splice(0, 1)],
    [
      'a field with another name',
      'OutcomeRecorded',
      (type) => Object.assign(fieldsOf(type)[0] ?? {}, { name: 'chain' }),
    ],
    [
      'a field with another type',
      'OutcomeRecorded',
      (type) => Object.assign(fieldsOf(type)[2] ?? {}, { type: 'string' }),
    ],
    [
      'a field that becomes wider',
      'HypothesisResolved',
      (type) => Object.assign(fieldsOf(type).at(-1) ?? {}, { type: 'double' }),
    ],
    [
      'a nullable field that becomes required',
      'BudgetExceeded',
      (type) => Object.assign(fieldsOf(type)[3] ?? {}, { type: 'string', default: '' }),
    ],
    ['a new word', 'DecisionStep', (type) => type.symbols?.push('Dreaming')],
    ['a word that goes', 'DecisionStep', (type) => type.symbols?.pop()],
    ['a record with another name', 'FactPromoted', (type) => Object.assign(type, { name: 'FactMade' })],
  ])('%s is incompatible', (_, name, change) => {
    const schema = changed(name, change)
    expect(schema).not.toBe(present)
    expect(compatibilityFault(schema, earlier)).toMatch(/^incompatible with version 1: /)
  })

  test('each version counts, not only the last', () => {
    const without = changed('OutcomeRecorded', (type) => fieldsOf(type).splice(0, 1))
    expect(compatibilityFault(present, [present, without, present])).toMatch(/^incompatible with version 2: /)
  })
})
