import { describeEventLog } from './event-log.contract.ts'
import { createKafkaFixture, kafkaMissing } from './kafka-fixture.ts'
import { createLmdbFixture } from './lmdb-fixture.ts'

describeEventLog({ name: 'LMDB', create: createLmdbFixture })
describeEventLog({ name: 'Kafka', skipped: kafkaMissing(), create: createKafkaFixture })
