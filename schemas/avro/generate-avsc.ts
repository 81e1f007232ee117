import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { envelopeAvroSchema, eventAvroSchemas, type AvroSchema } from './avro-schema.ts'

const folder = new URL('./', import.meta.url)

/** The .avsc files of this folder, by name relative to it, with the text that they must hold. */
export function avscFiles(): Map<string, string> {
  const files = new Map([['experience-event-envelope.avsc', textOf(envelopeAvroSchema)]])
  for (const [kind, schema] of eventAvroSchemas) {
    const name = kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
    files.set(`events/${name}.avsc`, textOf(schema))
  }
  return files
}

/** The text that a file of this folder holds now, or null. */
export function committedAvsc(name: string): string | null {
  try {
    return readFileSync(new URL(name, folder), 'utf8')
  } catch {
    return null
  }
}

function textOf(schema: AvroSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(new URL('events', folder), { recursive: true })
  for (const [name, text] of avscFiles()) writeFileSync(new URL(name, folder), text)
}
