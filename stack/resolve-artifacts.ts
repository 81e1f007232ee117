import { copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { cachedArtifacts, POM_FILE, STACK_DIRECTORY } from './artifact-cache.ts'
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
  /** The file that Kafka's storage tool lays into a formatted data folder besides meta.properties; it names no node and no cluster. */
  readonly bootstrapCheckpoint: string
  /** For `java -jar`. */
  readonly registryJar: string
}

const MAVEN_LIMIT_MS = 20 * 60_000
const FORMAT_LIMIT_MS = 60_000
const LOG4J_CONFIGURATION = join(STACK_DIRECTORY, 'log4j2.properties')

/**
 * The servers that pom.xml names, through Maven the first time and from stack/target afterwards. Safe to call from several processes
 * at once. Rejects with `JavaMissing`, `MavenMissing`, `UnsupportedPlatform` or `ResolveFailed`.
 */
export async function resolveArtifacts(): Promise<Artifacts> {
  const java = await requireJava()
  const directory = await cachedArtifacts(async (staging) => {
    await requireMaven()
    await run('mvn', ['-q', '-B', '-f', POM_FILE, `-Dstack.output=${staging}`, 'generate-resources'], MAVEN_LIMIT_MS)
    await makeBootstrapCheckpoint(java, staging)
  })
  const registryDirectory = join(directory, 'registry')
  const registryJar = (await readdir(registryDirectory)).find((name) => name.endsWith('-runner.jar'))
  if (registryJar === undefined) throw new StackError('ResolveFailed', `no runner jar in ${registryDirectory}`)
  return {
    java,
    kafkaClassPath: kafkaClassPath(directory),
    log4jConfiguration: LOG4J_CONFIGURATION,
    bootstrapCheckpoint: join(directory, 'bootstrap.checkpoint'),
    registryJar: join(registryDirectory, registryJar),
  }
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
