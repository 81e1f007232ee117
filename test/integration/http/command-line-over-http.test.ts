import { describe, expect, test } from 'vitest'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb, type Environment } from '../service-place.ts'
import { budgetExceeded, outcome, traceRecorded, transition } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { runLine } from './run-line.ts'

const bench = new HttpBench()

function at(event_id: string, minute: string, tenant_id = 'acme') {
  return { event_id, tenant_id, occurred_at: `2026-04-23T09:${minute}:00Z` }
}
const EVENTS = [
  outcome(at('a', '10'), { chain_id: 'chain-1', tokens: 18446744073709551615n, latency_ms: 812n, backend: 'local' }),
  outcome(at('b', '20'), { chain_id: 'chain-1', passed: false, cost_microdollars: 5300n, latency_ms: 1n }),
  budgetExceeded(at('c', '30'), { chain_id: 'chain-1' }),
  transition('lora', 'Draft', 'Approved', at('d', '40')),
  transition('prompt', 'Draft', 'Active', at('e', '41')),
  traceRecorded('trace-1', 'anthropic', at('f', '50')),
  outcome(at('g', '55', 'other'), { chain_id: 'chain-2' }),
].map((event) => envelopeToJson(parseEnvelope(event)))
const LINES = [EVENTS[0], '', '{"event_id":"x"}', EVENTS[1], 'no json', ...EVENTS.slice(2)].join('\n')

/** Each is run against the read model and over HTTP: with the same output, in the same words, and the same exit code. */
const CASES: readonly (readonly string[])[] = [
  ['query'],
  ['query', '--tenant', 'acme', '--kind', 'OutcomeRecorded', '--desc', '--cursor'],
  ['query', '--limit', '2', '--cursor'],
  ['query', '--limit', '0'],
  ['query', '--tenant', 'nobody', '--cursor'],
  ['query', '--from', '2026-04-23T09:20:00Z', '--to', '2026-04-23T09:40:00Z'],
  ['query', '--after', 'no cursor'],
  ['query', '--as-of', 'nowhere/0/0'],
  ['chain', 'chain-1'],
  ['chain', 'chain-1', '--tenant', 'other'],
  ['artifacts'],
  ['artifacts', '--format', 'table'],
  ['artifacts', '--state', 'Active', '--limit', '5'],
  ['artifacts', '--kind', 'Prompt'],
  ['trace-link', 'trace-1'],
  ['trace-link', 'trace-2'],
  ['summary'],
  ['summary', '--tenant', 'acme', '--format', 'table'],
  ['analytics', 'outcomes', '--by', 'backend', '--bucket', 'hour'],
  ['analytics', 'outcomes', '--format', 'table'],
  ['analytics', 'chains', '--limit', '1'],
  ['analytics', 'budgets', '--tenant', 'acme'],
  ['summary', '--as-of', '1971-01-01T00:00:00Z'],
  ['tail', '--from', 'beginning', '--limit', '7'],
  ['tail', '--after', 'no token', '--limit', '1'],
]

describe('the command line over HTTP', () => {
  test('prints what it prints of the log and tables of this machine', async () => {
    const own = bench.newEnvironment(lmdb)
    const served = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(served)
    const overHttp: Environment = { EXPERIENCE_LOG_URL: url }

    const ingested = await runLine(['ingest'], own, { stdin: LINES })
    const sent = await runLine(['ingest'], overHttp, { stdin: LINES })
    expect(ingested).toMatchObject({ exitCode: 1, stdout: '{"accepted":7,"rejected":2,"duplicates":0}\n' })
    expect(sent).toEqual({ ...ingested, stdout: '{"accepted":7,"rejected":2,"duplicates":null}\n' })

    for (const args of CASES) {
      const name = args.join(' ')
      const expected = await runLine(args, own)
      const told = await runLine(args, overHttp)
      const isSame = (text: string): string => inCommon(text, own, served)
      expect(isSame(told.stdout), name).toBe(isSame(expected.stdout))
      expect(isSame(told.stderr), name).toBe(isSame(expected.stderr))
      expect(told.exitCode, name).toBe(expected.exitCode)
    }
  })

  test('goes on behind a cursor and a token that it printed', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const overHttp: Environment = { EXPERIENCE_LOG_URL: url }
    await runLine(['ingest'], overHttp, { stdin: EVENTS.join('\n') })
    const first = await runLine(['query', '--limit', '3', '--cursor'], overHttp)
    const rest = await runLine(['query', '--after', first.stderr.trim()], overHttp)
    expect(first.stdout + rest.stdout).toBe(EVENTS.map((line) => `${line}\n`).join(''))

    const seen = await runLine(['tail', '--tenant', 'acme', '--from', 'beginning', '--limit', '2'], overHttp)
    const { after } = JSON.parse(seen.stderr) as { after: string }
    const stop = new AbortController()
    let printed = ''
    const following = runLine(['tail', '--tenant', 'acme', '--after', after], overHttp, {
      stopped: stop.signal,
      printed: (text) => (printed += text),
    })
    await until(() => printed.includes('"event_id":"f"'))
    stop.abort()
    const { exitCode, stdout } = await following
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      EVENTS.slice(2, 6)
        .map((line) => `${line}\n`)
        .join(''),
    )
  })

  test('needs the key that the server needs, and tells it to nobody', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, 'acme', ['produce', 'read'])
    const sent = await runLine(['--url', url, '--key', key, 'ingest'], {}, { stdin: LINES })
    expect(sent.exitCode).toBe(1)
    expect(sent.stdout).toBe('{"accepted":6,"rejected":3,"duplicates":null}\n')
    expect(sent.stderr).toContain('"line":10,"code":"Forbidden","field":"tenant_id"')
    expect((await runLine(['summary'], { EXPERIENCE_LOG_URL: url, EXPERIENCE_LOG_KEY: key })).stdout).toContain(
      '"total_events":6',
    )
    const secret = `${key.slice(0, -1)}\u00e9`
    const outcomes = [
      await runLine(['--url', url, 'summary'], {}),
      await runLine(['--url', url, 'summary'], { EXPERIENCE_LOG_KEY: `${key}x` }),
      await runLine(['--url', url, 'summary'], { EXPERIENCE_LOG_KEY: secret }),
      await runLine(['--url', `http://user:${key}@127.0.0.1:1`, 'summary'], {}),
    ]
    for (const { exitCode, stdout, stderr } of outcomes) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).not.toContain(key.slice(0, -1))
    }
    expect(outcomes[0]?.stderr).toMatch(/^Unauthorized: /)
  })

  test('says so where no server answers, and where a command needs the log itself', async () => {
    const served = await bench.serve(bench.newEnvironment(lmdb))
    await served.stop()
    const { url } = served
    const stderr = `Unavailable: no answer from ${url}: ECONNREFUSED\n`
    expect(await runLine(['--url', url, 'summary'], {})).toEqual({ exitCode: 3, stdout: '', stderr })
    for (const args of [['project'], ['doctor'], ['import', 'file'], ['demo']]) {
      expect(await runLine(args, { EXPERIENCE_LOG_URL: url })).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining(
          'works on the log itself, and not over HTTP: leave out --url (or EXPERIENCE_LOG_URL)',
        ),
      })
    }
  })
})

/** Topics' names, and the tokens and cursors that hold them, differ by the prefix of each log; times of the log are those of its own. */
function inCommon(text: string, ...environments: readonly Environment[]): string {
  let common = text
  for (const { TOPIC_PREFIX } of environments) common = common.replaceAll(TOPIC_PREFIX!, 'prefix')
  return common.replaceAll(/^(?:\{"after":")?[\w+/=-]{16,}(?:"\})?$/gm, 'token')
}
