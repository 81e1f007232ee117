import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { randomPrefix, request } from './event-log-fixture.ts'
import { kafkaMissing } from './kafka-fixture.ts'

const ANN = { username: 'ann', password: 'secret' }

describe.skipIf(kafkaMissing() !== undefined)('a topic that Kafka does not create', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startStack({ registry: false, users: [ANN] })
  })
  afterAll(() => stack?.stop())

  test('is named with the broker’s own words and the command that creates it', async () => {
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
    const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs
    const topic = `${randomPrefix()}a`
    const admin = new kafkajs.Kafka({ brokers: [...stack.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
    await admin.connect()
    const acl = [AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) => ({
      resourceType: AclResourceTypes.TOPIC,
      resourceName: topic,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${ANN.username}`,
      host: '*',
      operation,
      permissionType: AclPermissionTypes.ALLOW,
    }))
    await admin.createAcls({ acl })
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
    await admin.disconnect()
  })
})
