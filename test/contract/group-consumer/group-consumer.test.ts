import { describeGroupConsumer } from './group-consumer.contract.ts'
import { createKafkaFixture, kafkaMissing } from '../event-log/kafka-fixture.ts'
import { createLmdbFixture } from '../event-log/lmdb-fixture.ts'

describeGroupConsumer({ name: 'LMDB', create: createLmdbFixture })
describeGroupConsumer({ name: 'Kafka', skipped: kafkaMissing(), create: createKafkaFixture })
