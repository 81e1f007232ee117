import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { f32Text, f64Text } from '../../schemas/json/float-text.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { arbitraryEnvelope, f32OfBits, f64OfBits } from './arbitrary-envelope.ts'
import { compareVerdicts, ownVerdict, referenceVerdict, type Comparison } from './compare-verdicts.ts'
import { mutateJson } from './mutate-json.ts'
import { Random } from './random.ts'
import { askReference, buildReference } from './reference-program.ts'

// Compares our reader, writer and float text with the Rust reference. Run by `npm run test:reference`; fails on any
// difference that the contract does not allow. The same seed gives the same documents.

const { values: options } = parseArgs({
  options: {
    documents: { type: 'string', default: '40000' },
    floats: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const seed = Number(options.seed)

interface Document {
  readonly origin: 'vector' | 'recording' | 'generated' | 'mutated'
  readonly bytes: Uint8Array
}

function* vectors(): Generator<Document> {
  for (const folder of ['public', 'lenient', 'invalid']) {
    const path = new URL(`vectors/${folder}/`, import.meta.url)
    for (const name of readdirSync(path).filter((file) => file.endsWith('.json'))) {
      yield { origin: 'vector', bytes: readFileSync(new URL(name, path)).subarray(0, -1) }
    }
  }
}

function* recording(): Generator<Document> {
  const text = readFileSync(new URL('../../producers/recordings/converge-engine.ndjson', import.meta.url), 'utf8')
  for (const line of text.trimEnd().split('\n')) yield { origin: 'recording', bytes: Buffer.from(line) }
}

const MUTANTS_PER_ENVELOPE = 3

function* generated(count: number): Generator<Document> {
  const envelopes = Math.ceil(count / (1 + MUTANTS_PER_ENVELOPE))
  for (let done = 0; done < envelopes; done += 500) {
    const random = new Random(seed + done)
    for (const envelope of fc.sample(arbitraryEnvelope, { seed: seed + done, numRuns: 500 })) {
      const text = envelopeToJson(envelope)
      yield { origin: 'generated', bytes: Buffer.from(text) }
      for (let n = 0; n < MUTANTS_PER_ENVELOPE; n++) yield { origin: 'mutated', bytes: mutateJson(text, random) }
    }
  }
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

class Tally {
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  print(title: string): void {
    console.log(`\n${title}`)
    for (const name of [...this.#counts.keys()].toSorted()) {
      console.log(`${String(this.#counts.get(name)).padStart(9)}  ${name}`)
    }
  }
}

const SHOWN_DIFFERENCES = 10
let differences = 0

function showDifference(lines: readonly string[]): void {
  if (++differences <= SHOWN_DIFFERENCES) console.error(['', ...lines].join('\n'))
}

function compareDocuments(documents: Iterable<Document>): void {
  const tally = new Tally()
  for (const batch of inBatches(documents, 2000)) {
    const answers = askReference(
      [],
      batch.map(({ bytes }) => bytes),
    )
    for (const [index, { origin, bytes }] of batch.entries()) {
      const own = ownVerdict(bytes)
      const reference = referenceVerdict(answers[index] ?? '')
      const comparison: Comparison = compareVerdicts(bytes, own, reference)
      tally.add(`${origin}: ${comparison}`)
      if (comparison === 'different') {
        showDifference([
          `document:  ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`,
          `reference: ${JSON.stringify(reference)}`,
          `ours:      ${JSON.stringify(own)}`,
        ])
      }
    }
  }
  tally.print('envelopes')
}

/** Random patterns; powers of two and their neighbours; halves of the decimals in which the shortest text is chosen. */
function f32Pattern(random: Random): number {
  const sign = random.below(2) * 2 ** 31
  const kind = random.below(3)
  if (kind === 0) return random.bits()
  if (kind === 1) return sign + ((random.below(256) * 2 ** 23 + random.below(3) - 1 + 2 ** 31) % 2 ** 31)
  const tie = (2 ** 20 + random.below(2 ** 24 - 2 ** 20)) / 2 ** random.below(24)
  return new DataView(Float32Array.of(tie).buffer).getUint32(0, true)
}

function f64Pattern(random: Random): bigint {
  const sign = BigInt(random.below(2)) << 63n
  const kind = random.below(4)
  const bits = (BigInt(random.bits()) << 32n) | BigInt(random.bits())
  if (kind === 0) return bits
  if (kind === 1) return sign + BigInt.asUintN(63, (BigInt(random.below(2048)) << 52n) + BigInt(random.below(3) - 1))
  const value =
    kind === 2
      ? Number(bits >> BigInt(11 + random.below(10))) / 2 ** random.below(53)
      : Number(`${random.bits()}e${random.below(40) - 20}`)
  return new DataView(Float64Array.of(value).buffer).getBigUint64(0, true)
}

function compareFloats(): void {
  const count = Number(options.floats)
  const tally = new Tally()
  const random = new Random(seed)
  for (const mode of ['--float32', '--float64']) {
    for (let done = 0; done < count; done += 100_000) {
      const patterns = Array.from({ length: Math.min(100_000, count - done) }, () =>
        mode === '--float32' ? f32Pattern(random) : f64Pattern(random),
      )
      const answers = askReference(
        [mode],
        patterns.map((pattern) => Buffer.from(String(pattern))),
      )
      for (const [index, pattern] of patterns.entries()) {
        const own = typeof pattern === 'number' ? f32Text(f32OfBits(pattern)) : f64Text(f64OfBits(pattern))
        const equal = own === answers[index]
        tally.add(`${mode.slice(2)}: ${equal ? 'equal' : 'different'}`)
        if (!equal) showDifference([`${mode} ${pattern}: the reference writes ${answers[index]}, we ${own}`])
      }
    }
  }
  tally.print('float text')
}

console.log(`seed ${seed}`)
buildReference()
compareDocuments(vectors())
compareDocuments(recording())
compareDocuments(generated(Number(options.documents)))
compareFloats()
console.log(differences === 0 ? '\nno differences' : `\n${differences} differences (seed ${seed})`)
process.exitCode = differences === 0 ? 0 : 1
