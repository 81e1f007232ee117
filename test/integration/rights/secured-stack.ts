import { PassThrough, Readable } from 'node:stream'
import kafkajs, { type Admin } from 'kafkajs'
import { ExperienceError } from '../../../base/experience-error.ts'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import type { Right } from '../../../log/rights/right.ts'
import { describeError } from '../../../service/cli/command-context.ts'
import { commandLine } from '../../../service/cli/command-line.ts'
import { exitCodeOf } from '../../../service/cli/exit-codes.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import type { Environment } from '../service-place.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

const RESOURCES = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  'transactional id': AclResourceTypes.TRANSACTIONAL_ID,
} as const

const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
} as const

export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string
  /** Stops the command as a user does, once it says so on stderr, or once that is so. */
  readonly stopWhen?: RegExp | (() => Promise<boolean>)
  readonly changes?: Environment
}

/** Real servers, of which Kafka lets each user do what was granted. */
export class SecuredStack {
  readonly #stack: Stack
  readonly #admin: Admin

  private constructor(stack: Stack, admin: Admin) {
    this.#stack = stack
    this.#admin = admin
  }

  static async start(users: readonly string[]): Promise<SecuredStack> {
    const stack = await startStack({
      clickhouse: true,
      users: users.map((username) => ({ username, password: `${username}-password` })),
    })
    const admin = new kafkajs.Kafka({ brokers: [...stack.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    return new SecuredStack(stack, admin)
  }

  async stop(): Promise<void> {
    await this.#admin.disconnect()
    await this.#stack.stop()
  }

  /** The environment of a log and a read model of their own; without a user, of an administrator. */
  environment(prefix: string, user: string | null): Environment {
    return {
      SCHEMA_REGISTRY_URL: this.#stack.schemaRegistryUrl,
      CLICKHOUSE_URL: this.#stack.clickhouseUrl,
      CLICKHOUSE_DATABASE: prefix.replaceAll('-', '_'),
      TOPIC_PREFIX: prefix,
      PRODUCER_LINGER_MS: '0',
      PROJECTOR_LINGER_MS: '10',
      DISCOVERY_MS: '100',
      ...(user === null
        ? { KAFKA_BROKERS: this.#stack.brokers.join(',') }
        : {
            KAFKA_BROKERS: this.#stack.securedBrokers.join(','),
            KAFKA_SASL_MECHANISM: 'plain',
            KAFKA_SASL_USERNAME: user,
            KAFKA_SASL_PASSWORD: `${user}-password`,
          }),
    }
  }

  /** Lets a user do exactly this, and waits until the brokers know. */
  async grant(user: string, rights: readonly Right[], ungranted: readonly Right[] = []): Promise<void> {
    const principal = `User:${user}`
    await this.#admin.deleteAcls({
      filters: [
        {
          resourceType: AclResourceTypes.ANY,
          resourcePatternType: ResourcePatternTypes.ANY,
          operation: AclOperationTypes.ANY,
          permissionType: AclPermissionTypes.ANY,
          principal,
        },
      ],
    })
    const acl = rights.map(({ resource, name, isPrefix, operation }) => ({
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      operation: OPERATIONS[operation],
      permissionType: AclPermissionTypes.ALLOW,
      principal,
      host: '*',
    }))
    if (acl.length > 0) await this.#admin.createAcls({ acl })
    await until(async () => (await this.#count(principal)) === acl.length)
    await until(async () => (await this.missing(user, rights)).length === 0)
    // A right to create what exists is not missed, and one to transactional ids cannot be told.
    const told = ungranted.filter(
      ({ resource, operation }) => resource !== 'transactional id' && operation !== 'Create',
    )
    await until(async () => (await this.missing(user, told)).length === told.length)
  }

  /** What the log itself says that a user lacks. */
  async missing(user: string, rights: readonly Right[]): Promise<Right[]> {
    const log = await KafkaEventLog.connect({
      brokers: this.#stack.securedBrokers,
      sasl: { mechanism: 'plain', username: user, password: `${user}-password` },
    })
    try {
      return await log.missingRights(rights)
    } finally {
      await log.close()
    }
  }

  /** Puts bytes into a topic that are no events. */
  async spoil(topic: string, records = 1): Promise<void> {
    const kafka = new kafkajs.Kafka({ brokers: [...this.#stack.brokers], logLevel: kafkajs.logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic, messages: Array.from({ length: records }, () => ({ key: 'k', value: 'garbage' })) })
    await producer.disconnect()
  }

  /** Runs a command in this process. */
  async run(
    environment: Environment,
    args: readonly string[],
    { stdin = '', stopWhen, changes = {} }: RunOptions = {},
  ): Promise<CommandOutcome> {
    const stopping = new AbortController()
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    let [printed, said] = ['', '']
    stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
    stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (stopWhen instanceof RegExp && stopWhen.test(said)) stopping.abort()
    })
    let exitCode = 0
    const program = commandLine({
      environment: { ...environment, ...changes },
      streams: { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr },
      stopped: stopping.signal,
      onExit: (code) => (exitCode = code),
    })
    const running = program.parseAsync(['node', 'experience-log', ...args]).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof ExperienceError)) throw error
        exitCode = exitCodeOf[error.code]
        said += `${describeError(error)}\n`
        return true
      },
    )
    if (typeof stopWhen === 'function') {
      let hasEnded = false
      void running.finally(() => (hasEnded = true)).catch(() => {})
      await until(async () => hasEnded || (await stopWhen()))
      stopping.abort()
    }
    await running
    return { exitCode, stdout: printed, stderr: said }
  }

  async #count(principal: string): Promise<number> {
    const { resources } = await this.#admin.describeAcls({
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
      principal,
    })
    return resources.reduce((sum, { acls }) => sum + acls.length, 0)
  }
}
