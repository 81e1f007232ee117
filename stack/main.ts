import { once } from 'node:events'
import { parseArgs } from 'node:util'

import { StackError } from './stack-error.ts'
import { startStack, type StackOptions } from './start-stack.ts'

const USAGE = 'usage: npm run stack -- [--brokers 1|3] [--no-registry] [--clickhouse] [--secured]'

/** The users of `--secured`: one for each role of docs/rights.md, and one without rights. */
const ROLES = ['produce', 'project', 'ask', 'operate', 'nobody']

function readOptions(): StackOptions | undefined {
  try {
    const { values } = parseArgs({
      options: {
        brokers: { type: 'string', default: '1' },
        'no-registry': { type: 'boolean', default: false },
        clickhouse: { type: 'boolean', default: false },
        secured: { type: 'boolean', default: false },
      },
    })
    if (values.brokers !== '1' && values.brokers !== '3') return undefined
    return {
      brokers: values.brokers === '3' ? 3 : 1,
      registry: !values['no-registry'],
      clickhouse: values.clickhouse,
      users: values.secured ? ROLES.map((username) => ({ username, password: `${username}-password` })) : [],
    }
  } catch {
    return undefined
  }
}

async function main(options: StackOptions): Promise<void> {
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  // Signals alone keep no process alive.
  const keepAlive = setInterval(() => undefined, 60_000)
  const started = startStack(options)
  try {
    if ((await Promise.race([started, interrupted.then(() => 'interrupted' as const)])) === 'interrupted') {
      // Ends this process half-way; the watchdog then ends whatever runs by now.
      process.exit(130)
    }
    const stack = await started
    console.log(`export KAFKA_BROKERS=${stack.brokers.join(',')}`)
    if (stack.schemaRegistryUrl !== '') console.log(`export SCHEMA_REGISTRY_URL=${stack.schemaRegistryUrl}`)
    if (stack.clickhouseUrl !== '') console.log(`export CLICKHOUSE_URL=${stack.clickhouseUrl}`)
    if (stack.securedBrokers.length > 0) {
      console.log(`# As a user (${ROLES.join(', ')}) with the rights that you grant by the brokers above:`)
      console.log(`# export KAFKA_BROKERS=${stack.securedBrokers.join(',')}`)
      console.log(
        '# export KAFKA_SASL_MECHANISM=plain KAFKA_SASL_USERNAME=project KAFKA_SASL_PASSWORD=project-password',
      )
    }
    const servers = [
      `${stack.nodes.length} Kafka node(s)`,
      ...(stack.registry ? ['a schema registry'] : []),
      ...(stack.clickhouse ? ["chDB behind ClickHouse's HTTP interface (for tests and single machines)"] : []),
    ]
    console.error(`ready: ${servers.join(', ')}; Ctrl-C stops them and deletes their data.`)
    await interrupted
    await stack.stop()
    console.error('stopped')
  } finally {
    clearInterval(keepAlive)
  }
}

const options = readOptions()
if (options === undefined) {
  console.error(USAGE)
  process.exitCode = 2
} else {
  await main(options).catch((error: unknown) => {
    console.error(error instanceof StackError ? `${error.code}: ${error.message}` : error)
    process.exitCode = 1
  })
}
