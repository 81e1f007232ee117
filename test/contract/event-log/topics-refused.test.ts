import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { randomPrefix, request } from './event-log-fixture.ts'
import { until } from '../group-consumer/group-consumer-fixture.ts'
import { kafkaMissing } from './kafka-fixture.ts'

const ANN = { username: 'ann', password: 'secret' }

describe.skipIf(kafkaMissing() !== undefined)('a topic that is refused, or refuses', () => {
  let stack: Stack
  let admin: kafkajs.Admin

  beforeAll(async () => {
    stack = await startStack({ registry: false, users: [ANN] })
    admin = new kafkajs.Kafka({ brokers: [...stack.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
  })
  afterAll(async () => {
    await admin?.disconnect()
    await stack?.stop()
  })

  /** Lets Ann write to the topic, and nothing else. */
  const letWrite = (topic: string) => {
    const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs
    const acl = [AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) => ({
      resourceType: AclResourceTypes.TOPIC,
      resourceName: topic,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${ANN.username}`,
      host: '*',
      operation,
      permissionType: AclPermissionTypes.ALLOW,
    }))
    return admin.createAcls({ acl })
  }

  test('is named, where Kafka does not create it, with the broker’s own words and the command that creates it', async () => {
    const log = await KafkaEventLog.connect({ brokers: stack.brokers, replicationFactor: 3, partitions: 2 })
    const topic = `${randomPrefix()}a`
    await expect(log.append([request(topic, 'key')])).rejects.toMatchObject({
      code: 'StorageError',
      retryable: false,
      message: expect.stringMatching(
        `^cannot create topic ${topic}: Kafka rejected the request \\(INVALID_REPLICATION_FACTOR: .*3 time.*\\). An administrator can create it: ` +
          `kafka-topics.sh --bootstrap-server ${stack.brokers[0]} --create --topic ${topic} --partitions 2 --replication-factor 3 ` +
          '--config retention.ms=-1 --config retention.bytes=-1 --config cleanup.policy=delete .*--config min.insync.replicas=2$',
      ),
    })
    await log.close()
  })

  test('for want of a right likewise; once it is there, appends go on', async () => {
    const topic = `${randomPrefix()}a`
    await letWrite(topic)
    const log = await KafkaEventLog.connect({ brokers: stack.securedBrokers, sasl: { mechanism: 'plain', ...ANN } })
    await expect(log.append([request(topic, 'key')])).rejects.toMatchObject({
      code: 'StorageError',
      message: expect.stringMatching(
        `^cannot create topic ${topic}: user "ann" lacks the right Create on topic ${topic} .*--create --topic ${topic} --partitions 1 --replication-factor 1`,
      ),
    })
    await admin.createTopics({ topics: [{ topic }] })
    expect(await log.append([request(topic, 'key')])).toHaveLength(1)
    // Without the right to see settings it writes all the same, and says that it does not see them.
    expect(await log.describeTopics([topic])).toMatchObject([{ topic, replicas: 1, settings: null }])
    await log.close()
  })

  test('that takes smaller batches than this client can see is named with what to do', async () => {
    const topic = `${randomPrefix()}a`
    await admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'max.message.bytes', value: '2000' }] }] })
    await letWrite(topic)
    const log = await KafkaEventLog.connect({ brokers: stack.securedBrokers, sasl: { mechanism: 'plain', ...ANN } })
    await expect(log.append(tenRecords(topic))).rejects.toMatchObject({
      code: 'StorageError',
      message: expect.stringMatching(`topic ${topic} takes smaller batches .* grant it DescribeConfigs on the topic`),
    })
    await log.close()
  })

  test('whose batches got smaller meanwhile takes them when they are appended again', async () => {
    const topic = `${randomPrefix()}a`
    const log = await KafkaEventLog.connect({ brokers: stack.brokers })
    await log.append(tenRecords(topic))
    // Made anew by somebody else.
    await admin.deleteTopics({ topics: [topic] })
    const configEntries = [{ name: 'max.message.bytes', value: '2000' }]
    await until(() => admin.createTopics({ topics: [{ topic, configEntries }] }).catch(() => false))
    const refused: unknown = await log.append(tenRecords(topic)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(await log.append(tenRecords(topic))).toHaveLength(10)
    await log.close()
  })
})

function tenRecords(topic: string) {
  return Array.from({ length: 10 }, () => request(topic, 'key', 'x'.repeat(500)))
}
