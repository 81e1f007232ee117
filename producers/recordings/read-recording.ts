import { readFileSync } from 'node:fs'
import { ownFile } from '../../base/own-package.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeFromJson } from '../../schemas/json/envelope-json.ts'

/** What a Converge engine wrote through the reference's observer, one envelope a line: epoch times, no tenant, its own ids. */
const ENGINE_RECORDING = 'producers/recordings/converge-engine.ndjson'

/** The events of the engine recording that comes with this package, in the order in which the engine gave them. */
export function* readRecording(): Generator<ExperienceEventEnvelope, void> {
  // Only \n ends a line: the texts may hold U+2028 and its like.
  for (const line of readFileSync(ownFile(ENGINE_RECORDING), 'utf8').split('\n')) {
    if (line !== '') yield envelopeFromJson(line)
  }
}
