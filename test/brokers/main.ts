import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { PINNED } from '../../stack/artifact-cache.ts'
import { startStack } from '../../stack/start-stack.ts'
import { mustNotSkip } from '../must-not-skip.ts'
import { hasGo } from '../go-program.ts'
import { startKfake } from './start-kfake.ts'

// Run by `npm run test:brokers`: the same test on several releases of Kafka and on what else speaks its protocol, one after another.
// `--brokers 2.8.2,kfake` chooses; `--short` leaves out what every log and consumer group has to do. The registry and the read model are the same for all. Fails if any of it fails.

const KFAKE = 'kfake'
const ALL = ['2.8.2', '3.3.2', '3.9.1', '4.0.1', PINNED, KFAKE].join(',')

const { values: options } = parseArgs({
  options: { brokers: { type: 'string', default: ALL }, short: { type: 'boolean', default: false } },
})
const TESTS = [
  'test/brokers',
  ...(options.short
    ? []
    : ['event-log/event-log', 'group-consumer/group-consumer'].map((suite) => `test/contract/${suite}.test.ts`)),
]

interface Brokers {
  readonly brokers: readonly string[]
  stop(): Promise<void>
}

/** Null where it cannot run here. */
async function start(name: string): Promise<Brokers | null> {
  if (name !== KFAKE) return startStack({ registry: false, ...(name === PINNED ? {} : { kafkaVersion: name }) })
  if (await hasGo()) return startKfake()
  if (mustNotSkip()) throw new Error('kfake needs Go, and there is none')
  return null
}

async function passes(brokers: readonly string[], schemaRegistryUrl: string): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'brokers', '--project', 'servers', ...TESTS],
    {
      stdio: 'inherit',
      env: { ...process.env, KAFKA_BROKERS: brokers.join(','), SCHEMA_REGISTRY_URL: schemaRegistryUrl },
    },
  )
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  return exitCode === 0
}

const results: string[] = []
const registry = await startStack({ brokers: 0 })
try {
  for (const name of options.brokers.split(',')) {
    console.log(`── ${name}`)
    const started = await start(name)
    if (started === null) {
      results.push(`${name}: SKIPPED, it needs Go, and there is none`)
      continue
    }
    try {
      const passed = await passes(started.brokers, registry.schemaRegistryUrl)
      results.push(`${name}: ${passed ? 'passed' : 'FAILED'}`)
      if (!passed) process.exitCode = 1
    } finally {
      await started.stop()
    }
  }
} finally {
  await registry.stop()
}
console.log(results.map((result) => `── ${result}`).join('\n'))
