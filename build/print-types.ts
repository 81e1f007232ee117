import { foldWireForm, type FieldPart, type WireFormTable } from '../schemas/fold-wire-form.ts'
import type { StructForm, WireForm } from '../schemas/wire-form.ts'

/** `output`: what this package returns. `input`: what callers may write. */
export type Side = 'output' | 'input'

/** A TypeScript declaration, and the names of the types that it refers to. */
export interface Declaration {
  readonly text: string
  readonly uses: readonly string[]
}

/** What stands for a form where it is used. */
interface TypeText extends Declaration {
  /** Whether callers may write it otherwise than this package returns it. */
  readonly differs: boolean
}

/**
 * The declarations of a form and of all that it is made of, by name. Where callers may write a type otherwise than it is returned,
 * its input is called `…Input`; otherwise one declaration is both.
 */
export function declarationsOf(form: WireForm, side: Side): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>()
  foldWireForm(form, typeTable(side === 'input', declarations), null)
  return declarations
}

function typeTable(isInput: boolean, declarations: Map<string, Declaration>): WireFormTable<TypeText, TypeText, null> {
  const same = (text: string): TypeText => ({ text, differs: false, uses: [] })
  const either = (output: string, input: string): TypeText => ({
    text: isInput ? input : output,
    differs: true,
    uses: [],
  })

  function declare(name: string, { differs, uses }: TypeText, print: (name: string) => string): TypeText {
    const whole = isInput && differs ? `${name}Input` : name
    declarations.set(whole, { text: print(whole), uses })
    return { text: whole, differs, uses: [whole] }
  }

  function declareUnion(name: string, words: readonly string[], variants: readonly TypeText[]): TypeText {
    const options = joined([...words.map((word) => same(`'${word}'`)), ...variants], (text) => `\n  | ${text}`)
    return declare(name, options, (whole) => `export type ${whole} =${options.text}`)
  }

  function declareStruct({ name, doc }: StructForm, members: TypeText): TypeText {
    return declare(name, members, (whole) => `/** ${doc} */\nexport interface ${whole} {${members.text}\n}`)
  }

  function memberOf({ name, doc, presence, part }: FieldPart<TypeText>): TypeText {
    const isOptional = isInput && presence !== 'required'
    const none = `${presence === 'nullable' ? ' | null' : ''}${isOptional ? ' | undefined' : ''}`
    const text = `\n  /** ${doc} */\n  ${name}${isOptional ? '?' : ''}: ${part.text}${none}`
    return { ...part, text, differs: part.differs || presence !== 'required' }
  }

  return {
    string: () => same('string'),
    hash: () => same('string'),
    boolean: () => same('boolean'),
    u32: () => same('number'),
    f32: () => same('number'),
    f64: () => same('number'),
    u64: () => either('bigint', 'bigint | number'),
    json: () => ({
      ...either('JsonText', 'JsonText | JsonInput'),
      uses: isInput ? ['JsonText', 'JsonInput'] : ['JsonText'],
    }),
    words: ({ name, words }) => declareUnion(name, words, []),
    array: (item) => ({ ...either(`(${item.text})[]`, `readonly (${item.text})[]`), uses: item.uses }),
    map: ({ text, uses }, { keyWords }) => {
      const key = keyWords === null ? 'string' : keyWords.map((word) => `'${word}'`).join(' | ')
      const input = `ReadonlyMap<string, ${text}> | Readonly<Record<string, ${text}>>`
      return { ...either(`Map<${key}, ${text}>`, input), uses }
    },
    members: (fields) => joined(fields.map(memberOf), (text) => text),
    struct: (members, form) => declareStruct(form, members),
    adjacent: (variants, { name, content }) => {
      const bodies = Array.from(variants.values(), ({ word, part }) => ({
        ...part,
        text: `{ type: '${word}'; ${content}: ${part.text} }`,
      }))
      return declareUnion(name, [], bodies)
    },
    internal: (variants, { name }) => {
      const structs = Array.from(variants.values(), ({ word, body, part }) =>
        declareStruct(body, { ...part, text: `\n  type: '${word}'${part.text}` }),
      )
      return declareUnion(name, [], structs)
    },
    external: (variants, { name, words }) => {
      const bodies = Array.from(variants.values(), ({ word, part }) => ({ ...part, text: `{ ${word}: ${part.text} }` }))
      return declareUnion(name, words, bodies)
    },
  }
}

function joined(parts: readonly TypeText[], print: (text: string) => string): TypeText {
  return {
    text: parts.map(({ text }) => print(text)).join(''),
    differs: parts.some(({ differs }) => differs),
    uses: parts.flatMap(({ uses }) => uses),
  }
}
