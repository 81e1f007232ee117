import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  LOWER_N,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../base/characters.ts'
import { AvroOutput } from '../avro/codec/avro-output.ts'
import { compileAvroWriter } from '../avro/codec/compile-avro-writer.ts'
import {
  foldWireForm,
  NULL_BRANCH,
  VALUE_BRANCH,
  type FieldPart,
  type Variants,
  type WireFormTable,
} from '../fold-wire-form.ts'
import type { ExternalForm, TaggedForm, WireField, WireForm } from '../wire-form.ts'
import { transcribeMap } from './transcribe-map.ts'
import { transcribeF32, transcribeF64, transcribeU32, transcribeU64 } from './transcribe-number.ts'
import { transcribeBoolean, transcribeHash, transcribeJson } from './transcribe-scalar.ts'
import { transcribeString, writeString } from './transcribe-text.ts'
import { giveUp, type Transcriber, type Transcription } from './transcription.ts'

/**
 * Compiles the transcriber of a form: from JSON in the form in which the reference writes it (fields in the order of the contract,
 * optional ones perhaps left out; any white space, escapes and order of a map's keys) straight to the bytes of `avroSchemaOf`.
 *
 * `notes` are paths of fields of structs whose places in the output are noted, in the order of `Transcription.noted`.
 */
export function compileTranscriber(form: WireForm, notes: readonly string[]): Transcriber {
  return foldWireForm(form, transcribers(notes), '')
}

/** Transcribes the fields of a struct from the first key on, or from the closing brace, and goes past that. */
type MembersTranscriber = (at: Transcription, next: number) => void

/** The place of a form is its path. */
function transcribers(notes: readonly string[]): WireFormTable<Transcriber, MembersTranscriber, string> {
  return {
    string: () => transcribeString,
    boolean: () => transcribeBoolean,
    u32: () => transcribeU32,
    u64: () => transcribeU64,
    f32: () => transcribeF32,
    f64: () => transcribeF64,
    hash: () => transcribeHash,
    json: () => transcribeJson,
    words: ({ words }) => wordTranscriber(words),
    array: arrayTranscriber,
    map: (value, { keyWords }) => {
      const key = keyWords === null ? transcribeString : keyTranscriber(keyWords)
      return (at) => transcribeMap(at, key, value)
    },
    members: (fields, _, path) => membersTranscriber(fields, (name) => notes.indexOf(memberPath(path, name))),
    struct: (members) => (at) => {
      at.open(OPEN_BRACE)
      members(at, at.peek())
    },
    adjacent: adjacentTranscriber,
    internal: internalTranscriber,
    external: externalTranscriber,
    enter: (path, whole, name) => {
      if (whole.form === 'internal') return path
      return memberPath(path, whole.form === 'adjacent' ? whole.content : name)
    },
  }
}

function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function membersTranscriber(
  parts: readonly FieldPart<Transcriber>[],
  noteOf: (name: string) => number,
): MembersTranscriber {
  const fields = parts.map((field) => {
    const write = field.presence === 'nullable' ? optionalTranscriber(field) : field.part
    return { token: tokenOf(field.name), absent: absentBytes(field), note: noteOf(field.name), write }
  })
  return (at, first) => {
    let next = first
    for (const { token, absent, note, write } of fields) {
      if (note >= 0) at.noted[note] = at.to
      if (next === QUOTE && at.takes(token)) {
        at.expect(COLON)
        write(at)
        next = at.peek()
        if (next === COMMA) {
          at.from++
          next = at.peek()
          if (next !== QUOTE) giveUp()
        } else if (next !== CLOSE_BRACE) giveUp()
      } else if (absent === null) giveUp()
      else at.append(absent)
    }
    if (next !== CLOSE_BRACE) giveUp()
    at.close()
  }
}

function optionalTranscriber({ isUnion, part: write }: FieldPart<Transcriber>): Transcriber {
  return (at) => {
    if (at.peek() === LOWER_N) {
      if (!at.takes(NULL)) giveUp()
      at.long(NULL_BRANCH)
      return
    }
    if (!isUnion) at.long(VALUE_BRANCH)
    write(at)
  }
}

function adjacentTranscriber(bodies: Variants<Transcriber>, form: TaggedForm): Transcriber {
  const content = tokenOf(form.content)
  const variants = withTokens(bodies)
  return (at) => {
    const { word, branch, part: write } = openTagged(at, variants)
    if (at.word === '') at.word = word
    at.long(branch)
    at.expect(COMMA)
    at.peek()
    if (!at.takes(content)) giveUp()
    at.expect(COLON)
    write(at)
    if (at.peek() !== CLOSE_BRACE) giveUp()
    at.close()
  }
}

function internalTranscriber(bodies: Variants<MembersTranscriber>): Transcriber {
  const variants = withTokens(bodies)
  return (at) => {
    const { branch, part: members } = openTagged(at, variants)
    at.long(branch)
    at.expect(COMMA)
    members(at, at.peek())
  }
}

function externalTranscriber(
  bodies: Variants<Transcriber>,
  { words }: ExternalForm,
  _: string,
  wordsBranch: number,
): Transcriber {
  const writeWord = wordTranscriber(words)
  const variants = withTokens(bodies)
  return (at) => {
    if (at.peek() === QUOTE) {
      at.long(wordsBranch)
      return writeWord(at)
    }
    at.open(OPEN_BRACE)
    const { branch, part: write } = variantAt(at, variants)
    at.long(branch)
    at.expect(COLON)
    write(at)
    if (at.peek() !== CLOSE_BRACE) giveUp()
    at.close()
  }
}

function withTokens<Part>(variants: Variants<Part>) {
  return Array.from(variants.values(), ({ word, branch, part }) => ({ token: tokenOf(word), word, branch, part }))
}

function tokenOf(text: string): Uint8Array {
  return Buffer.from(`"${text}"`)
}

const TYPE = tokenOf('type')
const NULL = Buffer.from('null')

/** What stands in Avro for a field that is left out; null where it must not be. */
function absentBytes({ presence, form, defaultValue }: WireField): Uint8Array | null {
  if (presence === 'required') return null
  if (presence === 'nullable') return Buffer.from([NULL_BRANCH])
  const output = new AvroOutput()
  compileAvroWriter(form)(output, defaultValue() as never)
  return output.copy()
}

interface Token {
  readonly token: Uint8Array
}

/** Goes past `{"type": word`. */
function openTagged<Variant extends Token>(at: Transcription, variants: readonly Variant[]): Variant {
  at.open(OPEN_BRACE)
  at.peek()
  if (!at.takes(TYPE)) giveUp()
  at.expect(COLON)
  return variantAt(at, variants)
}

function variantAt<Variant extends Token>(at: Transcription, variants: readonly Variant[]): Variant {
  at.peek()
  for (const variant of variants) if (at.takes(variant.token)) return variant
  return giveUp()
}

function wordTranscriber(words: readonly string[]): Transcriber {
  const variants = words.map((word, place) => ({ token: tokenOf(word), place }))
  return (at) => at.long(variantAt(at, variants).place)
}

/** A map's key that is one of some words. */
function keyTranscriber(words: readonly string[]): Transcriber {
  const variants = words.map((word) => ({ token: tokenOf(word), word }))
  return (at) => writeString(at, variantAt(at, variants).word)
}

function arrayTranscriber(item: Transcriber): Transcriber {
  return (at) => {
    at.open(OPEN_BRACKET)
    const start = at.to
    let count = 0
    if (at.peek() !== CLOSE_BRACKET) {
      at.to++
      for (;;) {
        item(at)
        count++
        const next = at.peek()
        if (next === CLOSE_BRACKET) break
        if (next !== COMMA) giveUp()
        at.from++
      }
      at.prefix(start, count)
    }
    at.close()
    at.long(0)
  }
}
