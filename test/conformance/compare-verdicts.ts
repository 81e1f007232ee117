import { envelopeDecoder, envelopeToAvro } from '../../schemas/avro/codec/envelope-avro.ts'
import { envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { ExperienceEventEnvelope, parseEnvelope } from '../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { decodeUtf8 } from '../../schemas/json/decode-utf8.ts'
import { envelopeFromJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { transcribeEnvelope } from '../../schemas/transcode/envelope-transcriber.ts'
import { structFormOf } from '../../schemas/wire-form.ts'
import { inWrittenForms } from './documented-strictness.ts'
import { binaryOf, bytesOf, parseTree, printTree, type JsonNode } from './json-tree.ts'
import { withReferenceFloats } from './reference-float.ts'

/** What becomes of a document: its canonical text, or the layer that refuses it. The text of a `validate` error is part of it. */
export type Verdict =
  | { readonly ok: string }
  | { readonly layer: 'serde' | 'validate'; readonly error: string }
  | { readonly layer: 'crash'; readonly error: string }

const envelopeForm = structFormOf(ExperienceEventEnvelope)
const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))

/** Our verdict. What is read must also come unchanged through Avro and `parseEnvelope`, and be what is transcribed, if it is. */
export function ownVerdict(document: Uint8Array): Verdict {
  let envelope: ExperienceEventEnvelope
  try {
    envelope = envelopeFromJson(decodeUtf8(document))
  } catch (error) {
    return transcribeEnvelope(document) === null
      ? refusal(error)
      : { layer: 'crash', error: 'transcribed all the same' }
  }
  try {
    const transcribed = transcribeEnvelope(document)?.bytes
    if (transcribed?.equals(envelopeToAvro(envelope)) === false)
      return { layer: 'crash', error: 'transcribed otherwise' }
    const ok = envelopeToJson(envelope)
    if (envelopeToJson(decode(envelopeToAvro(envelope))) !== ok) return { layer: 'crash', error: 'changed by Avro' }
    if (envelopeToJson(parseEnvelope(envelope)) !== ok) return { layer: 'crash', error: 'changed by parseEnvelope' }
    return { ok }
  } catch (error) {
    return crash(error)
  }
}

function refusal(error: unknown): Verdict {
  if (!(error instanceof ExperienceError) || error.code !== 'InvalidQuery' || error.field === undefined) {
    return crash(error)
  }
  // The reader puts a colon behind the field; validation speaks as the reference does.
  const layer = error.message.startsWith(`${error.field}: `) ? 'serde' : 'validate'
  return { layer, error: error.message }
}

function crash(error: unknown): Verdict {
  return { layer: 'crash', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** Reads the reference program's answer to a document. */
export function referenceVerdict(answer: string): Verdict {
  const verdict = JSON.parse(answer) as Verdict
  return 'ok' in verdict ? verdict : { ...verdict, error: verdict.error.replace(/^Invalid query: /, '') }
}

export type Comparison =
  | 'equal, accepted'
  | 'equal, refused by the reader'
  | 'equal, refused by validation'
  | 'allowed: the reference misreads a float (trap 24)'
  | 'allowed: a form that only the reference takes (docs/contract.md §7)'
  | 'allowed: both of these'
  | 'different'

/**
 * Compares verdicts. A difference is allowed only if it vanishes when the float tokens that the reference misreads are replaced
 * by what it makes of them, or the forms that we refuse by the ones that the reference writes.
 */
export function compareVerdicts(document: Uint8Array, own: Verdict, reference: Verdict): Comparison {
  if (isSame(own, reference)) {
    if ('ok' in own) return 'equal, accepted'
    return own.layer === 'serde' ? 'equal, refused by the reader' : 'equal, refused by validation'
  }
  const tree = parseTree(binaryOf(document))
  if (tree === null || ('layer' in own && own.layer === 'crash')) return 'different'
  const explains = (changed: JsonNode): boolean =>
    changed !== tree && isSame(ownVerdict(bytesOf(printTree(changed))), reference)

  if (explains(withReferenceFloats(tree))) return 'allowed: the reference misreads a float (trap 24)'
  const written = inWrittenForms(tree, envelopeForm)
  if (explains(written)) return 'allowed: a form that only the reference takes (docs/contract.md §7)'
  if (written !== tree && explains(withReferenceFloats(written))) return 'allowed: both of these'
  return 'different'
}

function isSame(own: Verdict, reference: Verdict): boolean {
  if ('ok' in own) return 'ok' in reference && own.ok === reference.ok
  if ('ok' in reference || own.layer !== reference.layer) return false
  return own.layer === 'serde' || (own.layer === 'validate' && own.error === reference.error)
}
