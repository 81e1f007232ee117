import { parseArgs } from 'node:util'
import { offset } from '../../base/position.ts'
import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'
import { startStack } from '../../stack/start-stack.ts'
import { jsonLines, RunningCommand, type CommandOutcome } from '../integration/run-command.ts'
import { outcome } from '../integration/test-events.ts'

/**
 * A session of an operator on real servers, recorded: fill a log, rebuild under load, kill -9 halfway, go on, switch, roll back, and
 * roll forward, while two projectors run and a probe measures how long events take from their append to the tables. Its last
 * line is JSON. Ends with 1 where anything differs.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    // Events a second that are appended meanwhile.
    load: { type: 'string', default: '500' },
  },
})
const EVENTS = Number(values.events)
const LOAD = Number(values.load)
const PROBE_MS = 200
const PUMP_MS = 100

const startedAt = performance.now()
function seconds(): number {
  return Math.round((performance.now() - startedAt) / 100) / 10
}
function say(text: string): void {
  return console.error(`${seconds().toFixed(1).padStart(8)} s  ${text}`)
}

const stack = await startStack({ clickhouse: true })
const environment = {
  KAFKA_BROKERS: stack.brokers.join(','),
  SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
  CLICKHOUSE_URL: stack.clickhouseUrl,
  READ_WAIT_MS: '600000',
}
const service = await Service.open(readSettings(environment))
const producer = await service.openProducer()
function run(...args: string[]): RunningCommand {
  return new RunningCommand(args, { environment })
}
const projectors = [run('project'), run('project')]

say(`appending ${EVENTS} events`)
let appended: Promise<unknown>[] = []
for (const event of simulateFleet({ seed: 1, events: EVENTS })) {
  appended.push(producer.append(event, { validated: true }))
  if (appended.length === 5000) {
    await Promise.all(appended)
    appended = []
  }
}
await Promise.all(appended)
say('projecting them')
await service.catchUp()
say(`projected; from now on ${LOAD} more a second, and a probe every ${PROBE_MS} ms`)

const latencies = new Map<string, number[]>()
let phase = 'before'
const over = new AbortController()
let written = 0
const pump = (async () => {
  while (!over.signal.aborted) {
    const due = performance.now() + PUMP_MS
    const batch = Array.from({ length: (LOAD * PUMP_MS) / 1000 }, () => outcome({ tenant_id: `load-${written++ % 5}` }))
    await producer.appendMany(batch)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
  }
})()
const counts: number[] = []
const probe = (async () => {
  while (!over.signal.aborted) {
    const at = phase
    const position = await producer.append(outcome({ tenant_id: 'probe' }))
    written++
    const from = performance.now()
    await service.waitUntilProjected([{ ...position, next: offset(position.offset + 1n) }])
    counts.push(await countEvents())
    latencies.set(at, [...(latencies.get(at) ?? []), performance.now() - from])
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS))
  }
})()

async function countEvents(): Promise<number> {
  const [row] = await service.readModel.store.query<{ rows: string }>({
    sql: `SELECT count() AS rows FROM ${service.readModel.store.database}.events`,
  })
  return Number(row?.rows)
}

async function step(name: string, command: RunningCommand): Promise<CommandOutcome> {
  phase = name
  const ended = await command.ended
  say(`${name}: exit code ${ended.exitCode}, ${(ended.ms / 1000).toFixed(1)} s`)
  for (const line of ended.stdout.trim().split('\n')) if (line !== '') say(`    ${line}`)
  phase = 'between'
  return ended
}

await new Promise((resolve) => setTimeout(resolve, 5000))
const killed = run('rebuild')
phase = 'rebuild'
let status: Record<string, unknown> = {}
do {
  await new Promise((resolve) => setTimeout(resolve, 500))
  status = jsonLines((await run('rebuild', 'status').ended).stdout)[0] ?? {}
} while (!(Number(status['done']) > Number(status['to_do'])))
say(`    ${JSON.stringify(status)}`)
killed.signal('SIGKILL')
await step('rebuild, killed -9 halfway', killed)
say(`    ${(await run('rebuild', 'status').ended).stdout.trim()}`)
const rebuilt = await step('rebuild', run('rebuild'))
const rolledBack = await step('rollback', run('rollback'))
const forward = await step('rollback', run('rollback'))
over.abort()
await Promise.all([pump, probe])
await service.catchUp()
const verification = await service.verify()
const pruned = await step('prune', run('prune'))
for (const projector of projectors) projector.signal('SIGTERM')
await Promise.all(projectors.map(({ ended }) => ended))
await producer.close()
await service.close()
await stack.stop()

function quantile(of: readonly number[], share: number): number {
  return Math.round(of.toSorted((left, right) => left - right)[Math.floor(share * (of.length - 1))] ?? 0)
}
const result = jsonLines(rebuilt.stdout).at(-1) ?? {}
const wentDown = counts.filter((count, index) => index > 0 && count < (counts[index - 1] ?? 0)).length
const isGood =
  [rebuilt, rolledBack, forward, pruned].every(({ exitCode }) => exitCode === 0) &&
  verification.differences.length === 0 &&
  wentDown === 0
console.log(
  JSON.stringify({
    events: verification.events,
    rebuild: result,
    append_to_table_ms: Object.fromEntries(
      [...latencies].map(([name, of]) => [
        name,
        { probes: of.length, p50: quantile(of, 0.5), p99: quantile(of, 0.99), max: quantile(of, 1) },
      ]),
    ),
    counts_that_went_down: wentDown,
    differences: verification.differences.length,
  }),
)
process.exitCode = isGood ? 0 : 1
