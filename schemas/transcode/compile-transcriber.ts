import { AvroOutput } from '../avro/avro-output.ts'
import { compileAvroWriter } from '../avro/compile-avro-writer.ts'
import type { ExternalForm, MapForm, StructForm, TaggedForm, WireField, WireForm } from '../wire-form.ts'
import { transcribeMap } from './transcribe-map.ts'
import { transcribeF32, transcribeF64, transcribeU32, transcribeU64 } from './transcribe-number.ts'
import { transcribeBoolean, transcribeHash, transcribeJson } from './transcribe-scalar.ts'
import { transcribeString, writeString } from './transcribe-text.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  giveUp,
  LOWER_N,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  type Transcription,
} from './transcription.ts'

/** Reads one JSON value of a form, and writes it in Avro. Throws `NOT_PLAIN` where it might not do what the reader does. */
export type Transcriber = (at: Transcription) => void

/**
 * Compiles the transcriber of a form: from JSON in the form in which the reference writes it (fields in the order of the contract,
 * optional ones perhaps left out; any white space, escapes and order of a map's keys) straight to the bytes of `avroSchemaOf`.
 */
export class TranscriberCompiler {
  readonly #notes: readonly string[]

  /** `notes`: paths of fields of structs whose places in the output are noted, in the order of `Transcription.noted`. */
  constructor(notes: readonly string[]) {
    this.#notes = notes
  }

  /** As for the writer, `branchesBefore` branches of an Avro union stand before the form's own. */
  compile(form: WireForm, path = '', branchesBefore = 0): Transcriber {
    switch (form.form) {
      case 'string':
        return transcribeString
      case 'boolean':
        return transcribeBoolean
      case 'u32':
        return transcribeU32
      case 'u64':
        return transcribeU64
      case 'f32':
        return transcribeF32
      case 'f64':
        return transcribeF64
      case 'hash':
        return transcribeHash
      case 'json':
        return transcribeJson
      case 'words':
        return wordTranscriber(form.words)
      case 'array':
        return arrayTranscriber(this.compile(form.item, `${path}[]`))
      case 'map':
        return this.#map(form, path)
      case 'struct':
        return this.#struct(form, path)
      case 'adjacent':
        return this.#adjacent(form, path, branchesBefore)
      case 'internal':
        return this.#internal(form, path, branchesBefore)
      case 'external':
        return this.#external(form, path, branchesBefore)
    }
  }

  #map(form: MapForm, path: string): Transcriber {
    const key = form.keyWords === null ? transcribeString : keyTranscriber(form.keyWords)
    const value = this.compile(form.value, `${path}{}`)
    return (at) => transcribeMap(at, key, value)
  }

  #struct(form: StructForm, path: string): Transcriber {
    const fields = this.#fields(form, path)
    return (at) => {
      at.open(OPEN_BRACE)
      fields(at, at.peek())
    }
  }

  /** Transcribes the fields from the first key on, or from the closing brace, and goes past that. */
  #fields(form: StructForm, path: string): (at: Transcription, next: number) => void {
    const fields = form.fields.map((field) => {
      const inner = path === '' ? field.name : `${path}.${field.name}`
      const token = tokenOf(field.name)
      return { token, absent: absentBytes(field), note: this.#notes.indexOf(inner), write: this.#field(field, inner) }
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

  #field({ presence, form }: WireField, path: string): Transcriber {
    if (presence !== 'nullable') return this.compile(form, path)
    const write = this.compile(form, path, 1)
    const isUnion = form.form === 'adjacent' || form.form === 'internal' || form.form === 'external'
    return (at) => {
      if (at.peek() === LOWER_N) {
        if (!at.takes(NULL)) giveUp()
        at.long(0)
        return
      }
      if (!isUnion) at.long(1)
      write(at)
    }
  }

  #adjacent(form: TaggedForm, path: string, branchesBefore: number): Transcriber {
    const content = tokenOf(form.content)
    const variants = Array.from(form.variants, ([word, body], place) => ({
      word,
      token: tokenOf(word),
      branch: branchesBefore + place,
      write: this.compile(body, `${path}.${form.content}`),
    }))
    return (at) => {
      const { word, branch, write } = openTagged(at, variants)
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

  #internal(form: TaggedForm, path: string, branchesBefore: number): Transcriber {
    const variants = Array.from(form.variants, ([word, struct], place) => ({
      token: tokenOf(word),
      branch: branchesBefore + place,
      fields: this.#fields(struct, path),
    }))
    return (at) => {
      const { branch, fields } = openTagged(at, variants)
      at.long(branch)
      at.expect(COMMA)
      fields(at, at.peek())
    }
  }

  #external(form: ExternalForm, path: string, branchesBefore: number): Transcriber {
    const word = wordTranscriber(form.words)
    const variants = Array.from(form.variants, ([name, body], place) => ({
      token: tokenOf(name),
      branch: branchesBefore + 1 + place,
      write: this.compile(body, `${path}.${name}`),
    }))
    return (at) => {
      if (at.peek() === QUOTE) {
        at.long(branchesBefore)
        return word(at)
      }
      at.open(OPEN_BRACE)
      const { branch, write } = variantAt(at, variants)
      at.long(branch)
      at.expect(COLON)
      write(at)
      if (at.peek() !== CLOSE_BRACE) giveUp()
      at.close()
    }
  }
}

const tokenOf = (text: string): Uint8Array => Buffer.from(`"${text}"`)

const TYPE = tokenOf('type')
const NULL = Buffer.from('null')

/** What stands in Avro for a field that is left out; null where it must not be. */
function absentBytes({ presence, form, defaultValue }: WireField): Uint8Array | null {
  if (presence === 'required') return null
  if (presence === 'nullable') return Buffer.from([0])
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
