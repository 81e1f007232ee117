import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { frame } from '../../schemas/avro/wire-format.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { arbitraryEnvelope } from './arbitrary-envelope.ts'

// Writes records as the log holds them, beside their JSON, for fastavro-check.py: the public vectors and generated ones.

const SCHEMA_ID = 1
const GENERATED = 3000

function print(envelope: ExperienceEventEnvelope): void {
  const record = frame(SCHEMA_ID, envelopeToAvro(envelope)).toString('base64')
  process.stdout.write(`${JSON.stringify({ record, json: envelopeToJson(envelope) })}\n`)
}

const vectors = new URL('vectors/public/', import.meta.url)
for (const name of readdirSync(vectors)) print(envelopeFromJson(readFileSync(new URL(name, vectors), 'utf8')))
for (const envelope of fc.sample(arbitraryEnvelope, { seed: 1, numRuns: GENERATED })) print(envelope)
