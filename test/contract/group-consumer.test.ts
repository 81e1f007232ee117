import { describeGroupConsumer } from './group-consumer.contract.ts'
import { createKafkaFixture, kafkaMissing } from './kafka-fixture.ts'
import { createLmdbFixture } from './lmdb-fixture.ts'

describeGroupConsumer({ name: 'LMDB', create: createLmdbFixture })
describeGroupConsumer({ name: 'Kafka', skipped: kafkaMissing(), create: createKafkaFixture })
