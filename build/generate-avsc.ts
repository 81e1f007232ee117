import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { structFormOf } from '../schemas/wire-form.ts'
import {
  ENVELOPE_VERSION,
  envelopeAvroSchema,
  eventAvroSchemas,
  type AvroSchema,
} from '../schemas/avro/schema/avro-schema.ts'
import { evolutionFault, type ReleasedSchema } from '../schemas/avro/schema/evolution-fault.ts'

const folder = new URL('../schemas/avro/', import.meta.url)

/** The .avsc files of schemas/avro, by name relative to it, with the text that they must hold. */
export function avscFiles(): Map<string, string> {
  const files = new Map([['experience-event-envelope.avsc', textOf(envelopeAvroSchema)]])
  for (const [kind, schema] of eventAvroSchemas) {
    const name = kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
    files.set(`events/${name}.avsc`, textOf(schema))
  }
  return files
}

/** The text that a file of schemas/avro holds now, or null. */
export function committedAvsc(name: string): string | null {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return null
  }
}

/** Every schema ever released: `v1.avsc`, `v1.1.avsc`, … of version 1, `v2.avsc`, … of version 2. */
export function releasedSchemas(): ReleasedSchema[] {
  const released = new URL('released/', folder)
  return readdirSync(released).map((name) => {
    const version = /^v(\d+)(\.\d+)?\.avsc$/.exec(name)?.[1]
    if (version === undefined) throw new TypeError(`released/${name}: the name must be like v1.avsc or v1.2.avsc`)
    return { name, version: Number(version), schema: readFileSync(new URL(name, released), 'utf8') }
  })
}

function textOf(schema: AvroSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

if (process.argv[1] === import.meta.filename) {
  const fault = evolutionFault(structFormOf(ExperienceEventEnvelope), ENVELOPE_VERSION, releasedSchemas())
  if (fault !== null) throw new Error(`the contract cannot follow released/${fault} (docs/schema-evolution.md)`)
  mkdirSync(new URL('events', folder), { recursive: true })
  for (const [name, text] of avscFiles()) writeFileSync(new URL(name, folder), text)
}
