import { avroSchemaOf } from '../schemas/avro/schema/avro-schema.ts'
import { AvroOutput } from '../schemas/avro/codec/avro-output.ts'
import { compileAvroWriter } from '../schemas/avro/codec/compile-avro-writer.ts'
import { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { structFormOf, type StructForm, type WireField, type WireForm } from '../schemas/wire-form.ts'

/** The envelope as the present release knows it. Other releases are made of it by the changes below. */
export const presentForm = structFormOf(ExperienceEventEnvelope)

/** An envelope of some release: what the present types say need not hold for it. */
export type AnyEnvelope = Readonly<Record<string, unknown>>

/** The schema of a release, and its writer. */
export function writerOf(form: StructForm): { readonly schema: string; readonly write: (of: AnyEnvelope) => Buffer } {
  const writeEnvelope = compileAvroWriter(form)
  const write = (envelope: AnyEnvelope): Buffer => {
    const output = new AvroOutput()
    writeEnvelope(output, envelope as never)
    return output.copy()
  }
  return { schema: JSON.stringify(avroSchemaOf(form)), write }
}

export function aField(name: string, omit = true): WireField {
  return {
    name,
    doc: 'Added later',
    form: { form: 'string' },
    presence: 'nullable',
    defaultValue: () => null,
    omit,
  }
}

/** A struct of one required field `value`. */
export function aStruct(name: string): StructForm {
  const value: WireField = { ...aField('value'), presence: 'required' }
  return { form: 'struct', name, doc: 'Added later', fields: [value] }
}

export function withField(struct: string, field: WireField) {
  return (form: StructForm): StructForm =>
    changed(form, struct, (each) => (each.form === 'struct' ? { ...each, fields: [...each.fields, field] } : each))
}

export function withoutField(struct: string, name: string) {
  return (form: StructForm): StructForm =>
    changed(form, struct, (each) =>
      each.form === 'struct' ? { ...each, fields: each.fields.filter((field) => field.name !== name) } : each,
    )
}

/** With a variant more, of a tagged or external enum: a kind of event is one of `ExperienceEvent`. */
export function withVariant(name: string, word: string) {
  return (form: StructForm): StructForm =>
    changed(form, name, (each) =>
      'variants' in each
        ? ({ ...each, variants: new Map([...each.variants, [word, aStruct(word)]]) } as typeof each)
        : each,
    )
}

export function withoutVariant(name: string, word: string) {
  return (form: StructForm): StructForm =>
    changed(form, name, (each) =>
      'variants' in each
        ? ({ ...each, variants: new Map([...each.variants].filter(([known]) => known !== word)) } as typeof each)
        : each,
    )
}

export function withWord(name: string, word: string) {
  return (form: StructForm): StructForm =>
    changed(form, name, (each) => ('words' in each ? { ...each, words: [...each.words, word] } : each))
}

export function withoutWord(name: string, word: string) {
  return (form: StructForm): StructForm =>
    changed(form, name, (each) =>
      'words' in each ? { ...each, words: each.words.filter((known) => known !== word) } : each,
    )
}

/** The present release with some changes, one after another. */
export function release(...changes: readonly ((form: StructForm) => StructForm)[]): StructForm {
  return changes.reduce((form, change) => change(form), presentForm)
}

/** A form with the one of a name changed, wherever it stands. Throws where there is none: the test would prove nothing. */
function changed(form: StructForm, name: string, change: (form: WireForm) => WireForm): StructForm {
  let found = false
  const walk = (each: WireForm): WireForm => {
    const inner = withParts(each, walk)
    if (!('name' in inner) || inner.name !== name) return inner
    found = true
    return change(inner)
  }
  const whole = walk(form) as StructForm
  if (!found) throw new Error(`the contract has no ${name}`)
  return whole
}

function withParts(form: WireForm, walk: (part: WireForm) => WireForm): WireForm {
  if (form.form === 'struct') {
    return { ...form, fields: form.fields.map((field) => ({ ...field, form: walk(field.form) })) }
  }
  if (form.form === 'array') return { ...form, item: walk(form.item) }
  if (form.form === 'map') return { ...form, value: walk(form.value) }
  if (!('variants' in form)) return form
  return { ...form, variants: new Map(Array.from(form.variants, ([word, each]) => [word, walk(each)])) } as typeof form
}
