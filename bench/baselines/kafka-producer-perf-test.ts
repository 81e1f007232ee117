import { writeFile } from 'node:fs/promises'
import { resolveArtifacts } from '../../stack/resolve-artifacts.ts'
import { runCommand } from '../../stack/run-command.ts'

export interface ProducerPerfTest {
  readonly bootstrapServers: readonly string[]
  /** Exists already. */
  readonly topic: string
  /** Records that are counted; as many again go before them, so that the JVM has compiled what runs. */
  readonly records: number
  /** A file of one payload a line, of which the program takes one at random for each record. */
  readonly payloadFile: string
  readonly lingerMs: number
  /** Bytes of a batch of one partition. */
  readonly batchBytes: number
  /** Bytes that may wait to be sent. */
  readonly bufferBytes: number
}

const LIMIT_MS = 600_000

/** A file of payloads of these sizes: `--record-size` would make all alike, and fill each one anew. */
export async function writePayloads(file: string, sizes: readonly number[]): Promise<void> {
  await writeFile(file, sizes.map((size) => 'x'.repeat(size)).join('\n'))
}

/**
 * Kafka's own `kafka-producer-perf-test`, as fast as it goes: records/s of its steady state. It sends values alone: no keys, no
 * headers. Acks of all in-sync replicas, idempotent, uncompressed, as our producer.
 */
export async function producerPerfTest(test: ProducerPerfTest): Promise<number> {
  const { java, kafkaClassPath, log4jConfiguration } = await resolveArtifacts()
  const properties = {
    acks: 'all',
    'enable.idempotence': true,
    'compression.type': 'none',
    'linger.ms': test.lingerMs,
    'batch.size': test.batchBytes,
    'buffer.memory': test.bufferBytes,
  }
  const options = {
    'bootstrap-server': test.bootstrapServers.join(','),
    topic: test.topic,
    'num-records': 2 * test.records,
    'warmup-records': test.records,
    'payload-file': test.payloadFile,
    throughput: -1,
  }
  const { exitCode, output } = await runCommand(
    java,
    [
      '-XX:-UsePerfData',
      `-Dlog4j2.configurationFile=${log4jConfiguration}`,
      '-cp',
      kafkaClassPath,
      'org.apache.kafka.tools.ProducerPerformance',
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      '--command-property',
      ...Object.entries(properties).map(([name, value]) => `${name}=${value}`),
    ],
    LIMIT_MS,
  )
  const rate = steadyStateRate(output)
  if (exitCode === 0 && rate !== null) return rate
  throw new Error(`kafka-producer-perf-test: exit code ${exitCode}\n${output.slice(-2000)}`)
}

/** Records/s after the warm-up, from what the program prints; null where it does not say. */
export function steadyStateRate(output: string): number | null {
  const rate = /^\d+ steady state records sent, ([\d.]+) records\/sec/m.exec(output)?.[1]
  return rate === undefined ? null : Number(rate)
}
