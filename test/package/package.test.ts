import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { build, type BuildOptions } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../temporary-directory.ts'
import { PackedPackage, runNode } from './packed-package.ts'

const directory = await temporaryDirectory()
let packed: PackedPackage

beforeAll(async () => {
  packed = await PackedPackage.pack(directory.path)
})
afterAll(() => directory.remove())

test('holds what users need, and nothing else', () => {
  const needed = [
    /^(?:package\.json|README\.md|LICENSE)$/,
    /^docs\/.+\.md$/,
    /^dist\/.+\.[cm]?js$/,
    /^producers\/recordings\/converge-engine\.ndjson$/,
    /^schemas\/avro\/(?:events\/|released\/)?[\w.-]+\.avsc$/,
    /^dist\/.+\.d\.c?ts$/,
    /^examples\/(?:http\/)?[\w-]+\.(?:ts|py|sh)$/,
    /^examples\/http\/rust\/(?:Cargo\.(?:toml|lock)|src\/.+\.rs)$/,
    /^(?:stack|bench)\/README\.md$/,
  ]
  expect(packed.files.filter((file) => !needed.some((pattern) => pattern.test(file)))).toEqual([])
  expect(packed.files.filter((file) => file.startsWith('schemas/avro/events/'))).toHaveLength(14)
  expect(packed.files).toContain('LICENSE')
})

test('has no link to what it does not hold', async () => {
  const documents = packed.files.filter((file) => file.endsWith('.md'))
  const dead: string[] = []
  for (const document of documents) {
    for (const [, link = ''] of (await packed.read(document)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      const target = posix.join(posix.dirname(document), link).replace(/\/$/, '')
      if (!packed.files.some((file) => file === target || file.startsWith(`${target}/`)))
        dead.push(`${document}: ${link}`)
    }
  }
  expect(documents.length).toBeGreaterThan(20)
  expect(dead).toEqual([])
})

test('shows the texts and units of fields in editors', async () => {
  const types = await packed.read('dist/schemas/types/event-types.d.ts')
  expect(types).toContain('    /** Time taken, ms */\n    latency_ms: bigint | null;')
  expect(types).toContain('    /** Cost, µ$ */\n    cost_microdollars: bigint | null;')
})

const USES_THE_LIBRARY = `import { InMemoryExperienceStore, ExperienceError, eventKinds, envelopeToJson, type ExperienceEventEnvelope, type OutcomeRecorded, type ExperienceStore } from 'experience-log'
import { HttpExperienceStore } from 'experience-log/client'
export const remote: ExperienceStore = new HttpExperienceStore({ url: 'http://127.0.0.1:7070' })
const store: ExperienceStore = new InMemoryExperienceStore()
export async function use(): Promise<string> {
  const data = { chain_id: 'c', step: 'Planning', passed: true, tokens: 3 } as const
  await store.appendEvent({ event_id: 'e', occurred_at: '2026-04-23T09:14:07Z', event: { type: 'OutcomeRecorded', data } })
  const [envelope]: ExperienceEventEnvelope[] = await store.queryEvents({ kinds: [...eventKinds] })
  if (envelope?.event.type !== 'OutcomeRecorded') throw new ExperienceError('NotFound', 'no outcome')
  const outcome: OutcomeRecorded = envelope.event.data
  const tokens: bigint | null = outcome.tokens
  // @ts-expect-error the compiler must know the types, rather than take anything
  await store.queryEvents({ kinds: ['Nothing'] }).catch(() => {})
  return String(tokens) + envelopeToJson(envelope)
}
`
const CALLS = `import { use } from './USED'\nuse().then((text) => console.log(text))\n`

describe('the types are found', () => {
  const require = createRequire(import.meta.url)
  const present = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  let earlier: string

  beforeAll(() => {
    // The last that knows node10.
    const tools = join(directory.path, 'tools')
    execFileSync('npm', ['install', '--silent', '--no-audit', '--prefix', tools, 'typescript@5.9.3'])
    earlier = join(tools, 'node_modules/typescript/bin/tsc')
  })

  test.each([
    { compiler: 'earlier', file: 'node10.ts', options: '--module commonjs --moduleResolution node10' },
    { compiler: 'earlier', file: 'earlier.mts', options: '--module node16' },
    { compiler: 'earlier', file: 'earlier.cts', options: '--module node16' },
    { compiler: 'present', file: 'present.mts', options: '--module node16' },
    { compiler: 'present', file: 'present.cts', options: '--module node16' },
    { compiler: 'present', file: 'nodenext.cts', options: '--module nodenext' },
    { compiler: 'present', file: 'bundler.ts', options: '--module esnext --moduleResolution bundler' },
  ])('by the $compiler compiler with $options, from $file', async ({ compiler, file, options }) => {
    await packed.write(file, USES_THE_LIBRARY)
    // Declarations are checked as well (no --skipLibCheck), and need nobody's types, not even Node's.
    const settings = '--strict --exactOptionalPropertyTypes --target es2022 --lib es2022,dom --outDir out'.split(' ')
    const tsc = compiler === 'present' ? present : earlier
    const compiled = await runNode(packed.project, [tsc, ...settings, ...options.split(' '), file])
    expect(compiled).toEqual({ exitCode: 0, output: '' })
    if (options.includes('bundler')) return
    // What was compiled runs: from CommonJS the library is required.
    const caller = await packed.write(`out/call-${file}.mjs`, CALLS.replace('USED', file.replace(/ts$/, 'js')))
    expect(await runNode(packed.project, [caller])).toEqual({
      exitCode: 0,
      output: expect.stringContaining('3{"event_id"'),
    })
  })
})

describe('esbuild makes one file of it', () => {
  /** As docs/library.md says. */
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
  const forms: Record<string, BuildOptions> = {
    'app.cjs': { format: 'cjs' },
    'app.mjs': { format: 'esm', banner },
  }

  test.each(Object.entries(forms))('%s', async (name, options) => {
    const entry = await packed.write(
      'app.ts',
      `import { StreamingExperienceStore, readSettings } from 'experience-log'
       ${USES_THE_LIBRARY}
       const open = () => StreamingExperienceStore.open(readSettings({ EXPERIENCE_LOG_DATA: 'data' }))
       use().then(async (text) => { console.log(text); await open() }).catch((error) => console.log(error.message))`,
    )
    const outfile = join(directory.path, 'alone', name)
    const { warnings } = await build({
      ...options,
      entryPoints: [entry],
      bundle: true,
      minify: true,
      platform: 'node',
      outfile,
      logLevel: 'silent',
    })
    expect(warnings).toEqual([])
    const { output } = await runNode(dirname(outfile), [outfile])
    expect(output).toContain('3{"event_id"')
    // The native packages stay outside: beside the file there are none.
    expect(output).toContain('the embedded log needs the optional package "lmdb"')
  })
})
