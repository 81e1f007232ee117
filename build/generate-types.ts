import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { ArtifactQuery } from '../schemas/contract/artifact-query.ts'
import { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { eventKinds } from '../schemas/contract/event-kind.ts'
import { EventQuery } from '../schemas/contract/event-query.ts'
import { structFormOf, type StructForm } from '../schemas/wire-form.ts'
import { declarationsOf, type Declaration } from './print-types.ts'

const folder = new URL('../schemas/types/', import.meta.url)

const envelope = structFormOf(ExperienceEventEnvelope)
const queries = [structFormOf(EventQuery), structFormOf(ArtifactQuery)]

/** The files of schemas/types, by name, with the text that they must hold: the types of what the zod schemas describe. */
export async function typeFiles(): Promise<Map<string, string>> {
  const given = declarationsOf(envelope, 'output')
  const taken = without(declarationsOf(envelope, 'input'), given)
  const files = [
    { name: 'event-types.ts', declarations: pick(given, isEvent) },
    { name: 'event-part-types.ts', declarations: pick(given, (name) => !isEvent(name)) },
    { name: 'event-input-types.ts', declarations: pick(taken, isEvent) },
    { name: 'event-part-input-types.ts', declarations: pick(taken, (name) => !isEvent(name)) },
    { name: 'query-types.ts', declarations: without(declarationsOfQueries(), given) },
  ]
  const homes = new Map(files.flatMap(({ name, declarations }) => [...declarations.keys()].map((type) => [type, name])))
  for (const type of ['JsonText', 'JsonInput']) homes.set(type, '../contract/json-text.ts')
  return new Map(
    await Promise.all(
      files.map(async ({ name, declarations }) => [name, await textOf(name, declarations, homes)] as const),
    ),
  )
}

/** What a file of schemas/types holds now. */
export function committedTypes(): Map<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]))
}

type Declarations = ReadonlyMap<string, Declaration>

/** The kinds, and what holds them; all else is a part of them. */
function isEvent(type: string): boolean {
  const name = type.replace(/Input$/, '')
  return name.startsWith('ExperienceEvent') || (eventKinds as readonly string[]).includes(name)
}

function declarationsOfQueries(): Declarations {
  const sides = queries.flatMap((query: StructForm) => [
    ...declarationsOf(query, 'output'),
    ...declarationsOf(query, 'input'),
  ])
  return new Map(sides)
}

function pick(declarations: Declarations, isWanted: (name: string) => boolean): Declarations {
  return new Map([...declarations].filter(([name]) => isWanted(name)))
}

function without(declarations: Declarations, others: Declarations): Declarations {
  return pick(declarations, (name) => !others.has(name))
}

async function textOf(name: string, declarations: Declarations, homes: ReadonlyMap<string, string>): Promise<string> {
  const imports = new Map<string, string[]>()
  for (const type of new Set([...declarations.values()].flatMap(({ uses }) => [...uses]))) {
    const home = homes.get(type)
    if (home === undefined) throw new TypeError(`no file of schemas/types declares ${type}`)
    if (home !== name) imports.set(home, [...(imports.get(home) ?? []), type])
  }
  const lines = [
    '// What the schemas of schemas/contract/ describe, written by `npm run schemas:generate`: change those, not this.',
    ...Array.from(
      imports,
      ([home, types]) =>
        `import type { ${types.toSorted().join(', ')} } from '${home.startsWith('.') ? home : `./${home}`}'`,
    ).toSorted(),
    ...Array.from(declarations.values(), ({ text }) => `\n${text}`),
  ]
  return format(`${lines.join('\n')}\n`, { parser: 'typescript', singleQuote: true, semi: false, printWidth: 120 })
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of await typeFiles()) writeFileSync(new URL(name, folder), text)
}
