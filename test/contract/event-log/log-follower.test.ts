import { createKafkaFixture, kafkaMissing } from './kafka-fixture.ts'
import { createLmdbFixture } from './lmdb-fixture.ts'
import { describeLogFollower } from './log-follower.contract.ts'

describeLogFollower({ name: 'LMDB', create: createLmdbFixture })
describeLogFollower({ name: 'Kafka', skipped: kafkaMissing(), create: createKafkaFixture })
