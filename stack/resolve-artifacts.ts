import { copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { cachedArtifacts, PINNED, POM_FILE, STACK_DIRECTORY } from './artifact-cache.ts'
import { requireJava, requireMaven } from './prerequisites.ts'
import { runCommand } from './run-command.ts'
import { StackError } from './stack-error.ts'

/** Where the servers' files are. */
export interface Artifacts {
  /** The `java` to run them with. */
  readonly java: string
  /** For `java -cp`: the Kafka server and all of Kafka's command-line tools. */
  readonly kafkaClassPath: string
  /** For `-Dlog4j2.configurationFile`: warnings and errors to standard output. */
  readonly log4jConfiguration: string
  /** Null where Kafka keeps its metadata in ZooKeeper. Else the file that Kafka's storage tool lays into a formatted data folder besides meta.properties; it names no node and no cluster. */
  readonly bootstrapCheckpoint: string | null
  /** For `java -jar`. */
  readonly registryJar: string
}

const MAVEN_LIMIT_MS = 20 * 60_000
const FORMAT_LIMIT_MS = 60_000
/** The first major version of Kafka that is started without ZooKeeper here. */
const FIRST_WITH_QUORUM = 3
const LOG4J_CONFIGURATION = join(STACK_DIRECTORY, 'log4j2.properties')

/**
 * The servers that pom.xml names, or with another release of Kafka, through Maven the first time and from stack/target afterwards. Safe to call from several processes
 * at once. Rejects with `JavaMissing`, `MavenMissing`, `UnsupportedPlatform` or `ResolveFailed`.
 */
export async function resolveArtifacts(kafkaVersion: string = PINNED): Promise<Artifacts> {
  const java = await requireJava()
  const pinned = await cachedArtifacts(PINNED, async (staging) => {
    await runMaven(staging, 'generate-resources')
    await makeBootstrapCheckpoint(java, staging)
  })
  const hasQuorum = kafkaVersion === PINNED || Number.parseInt(kafkaVersion, 10) >= FIRST_WITH_QUORUM
  const directory = await cachedArtifacts(kafkaVersion, async (staging) => {
    await runMaven(staging, `-Dkafka.version=${kafkaVersion}`, 'dependency:copy-dependencies@kafka')
    if (hasQuorum) await makeBootstrapCheckpoint(java, staging)
  })
  const registryDirectory = join(pinned, 'registry')
  const registryJar = (await readdir(registryDirectory)).find((name) => name.endsWith('-runner.jar'))
  if (registryJar === undefined) throw new StackError('ResolveFailed', `no runner jar in ${registryDirectory}`)
  return {
    java,
    kafkaClassPath: kafkaClassPath(directory),
    log4jConfiguration: LOG4J_CONFIGURATION,
    bootstrapCheckpoint: hasQuorum ? join(directory, 'bootstrap.checkpoint') : null,
    registryJar: join(registryDirectory, registryJar),
  }
}

async function runMaven(staging: string, ...args: readonly string[]): Promise<void> {
  await requireMaven()
  await run('mvn', ['-q', '-B', '-f', POM_FILE, `-Dstack.output=${staging}`, ...args], MAVEN_LIMIT_MS)
}

function kafkaClassPath(directory: string): string {
  return join(directory, 'kafka', '*')
}

/** Formats a data folder once per Kafka release and keeps what every node needs of it: a second of JVM time saved per node and start. */
async function makeBootstrapCheckpoint(java: string, staging: string): Promise<void> {
  const formatted = join(staging, 'formatted')
  const configuration = join(staging, 'format.properties')
  await writeFile(
    configuration,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:1
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1
log.dirs=${formatted}
`,
  )
  await run(
    java,
    [
      `-Dlog4j2.configurationFile=${LOG4J_CONFIGURATION}`,
      '-XX:-UsePerfData',
      '-cp',
      kafkaClassPath(staging),
      'kafka.tools.StorageTool',
      'format',
      '--cluster-id',
      'AAAAAAAAAAAAAAAAAAAAAg',
      '--config',
      configuration,
    ],
    FORMAT_LIMIT_MS,
  )
  await copyFile(join(formatted, 'bootstrap.checkpoint'), join(staging, 'bootstrap.checkpoint'))
  await rm(formatted, { recursive: true })
  await rm(configuration)
}

async function run(executable: string, args: readonly string[], timeoutMs: number): Promise<void> {
  const { exitCode, output } = await runCommand(executable, args, timeoutMs)
  if (exitCode === 0) return
  throw new StackError(
    'ResolveFailed',
    `${executable} ${args.join(' ')}: exit code ${exitCode}\n${output.slice(-4_000)}`,
  )
}
