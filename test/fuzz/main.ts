import * as fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import type { OpenApiDocument } from '../../service/http/document/open-api-document.ts'
import { arbitraryEnvelope } from '../conformance/arbitrary-envelope.ts'
import { outcome } from '../integration/test-events.ts'
import { FuzzRun } from './fuzz-run.ts'
import { createKey, ServedProcess } from '../served-process.ts'
import { StoredSamples } from './stored-samples.ts'

// Run by `npm run test:fuzz -- --requests N --seed S`: sends requests at fault in every way to a real `serve`, and looks whether it
// answers each as it should, keeps what it accepted, and stays alive and small. The same seed sends the same requests. The last line is
// one of JSON; exit code 1 with problems.

const { values: options } = parseArgs({
  options: { requests: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
})
const requests = Number(options.requests)
const seed = Number(options.seed)

/** Memory that the process may hold beyond what it has after the first requests, MiB: ClickHouse's caches, and bodies under way. */
const MOST_GROWTH_MIB = 1024
const CORPUS_SIZE = 300

/** Events to start from: of every form, and plain ones with ids that questions name. */
function corpusOf(): string[] {
  const arbitrary = fc.sample(arbitraryEnvelope, { seed, numRuns: CORPUS_SIZE })
  const plain = Array.from({ length: CORPUS_SIZE / 3 }, (_, index) =>
    outcome(
      { event_id: `evt-${index}`, tenant_id: index % 2 === 0 ? 'acme' : null },
      { chain_id: `chain-${index % 3}` },
    ),
  )
  return [...arbitrary, ...plain.map(parseEnvelope)].map(envelopeToJson)
}

const begunAt = Date.now()
const data = await mkdtemp(join(tmpdir(), 'experience-log-fuzz-'))
const environment = { EXPERIENCE_LOG_DATA: data }
try {
  const events = await createKey(['--all-tenants', '--role', 'produce', 'read'], environment)
  const all = await createKey(['--all-tenants', '--role', 'produce', 'read', 'operate'], environment)
  const served = await ServedProcess.start(environment)
  const document = (await (await fetch(`${served.url}/openapi.json`)).json()) as OpenApiDocument
  const samples = new StoredSamples(served.url, events)
  const run = new FuzzRun(served, document, { all, events }, corpusOf(), samples)
  await samples.append(-1)
  const before = served.memory().now
  await run.run({ requests, seed })

  const problems = [...run.problems]
  const crashes = served.isAlive ? 0 : 1
  const memory = crashes === 0 ? served.memory() : { now: 0, own: 0, peak: 0 }
  if (crashes === 0) {
    problems.push(...(await samples.faults()))
    if (memory.now > before + MOST_GROWTH_MIB)
      problems.push(`memory: ${before} MiB at first, ${memory.now} MiB at last`)
    const how = await served.stop()
    if (!how.startsWith('exit code 0')) problems.push(`stopped: ${how}`)
  }
  problems.push(...served.failures.slice(0, 5))
  const seconds = Math.round((Date.now() - begunAt) / 1000)
  const rss_mib = { before, after: memory.now, peak: memory.peak, own: run.ownMib }
  const { answers } = run
  console.log(JSON.stringify({ requests, seed, seconds, answers, crashes, samples: samples.count, rss_mib, problems }))
  process.exitCode = problems.length + crashes === 0 ? 0 : 1
} finally {
  await rm(data, { recursive: true, force: true })
}
