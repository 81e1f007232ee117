import { expect, test } from 'vitest'
import type { TopicDescription, TopicSettings } from '../../../../log/topic-description.ts'
import { topicFaults } from '../../../../operations/doctor/topic-faults.ts'

const SOUND: TopicSettings = {
  retentionMs: null,
  retentionBytes: null,
  cleanupPolicy: ['delete'],
  timestampType: 'CreateTime',
  timestampAheadMs: null,
  maxMessageBytes: 1_048_588,
  uncleanElections: false,
  minInSyncReplicas: 2,
}

function described(settings: Partial<TopicSettings> = {}, rest: Partial<TopicDescription> = {}): TopicDescription {
  return {
    topic: 'experience.events.a',
    partitions: 1,
    replicas: 3,
    replicasInSync: 3,
    settings: { ...SOUND, ...settings },
    ...rest,
  }
}

function kinds(description: TopicDescription): string[] {
  return topicFaults(description).map(({ severity, kind }) => `${severity} ${kind}`)
}

test('finds nothing wrong with a topic that keeps everything', () => {
  expect(kinds(described())).toEqual([])
  expect(kinds(described({}, { replicas: null, replicasInSync: null }))).toEqual([])
})

test('tells a topic that forgets, and the command that mends it', () => {
  const [fault] = topicFaults(described({ retentionMs: 604_800_000, retentionBytes: 1000 }))
  expect(fault).toEqual({
    topic: 'experience.events.a',
    kind: 'Retention',
    severity: 'error',
    message:
      'experience.events.a forgets: Kafka deletes what is older than 7 d (retention.ms=604800000) and the oldest of more than 1000 bytes a partition (retention.bytes)',
    next: 'kafka-configs.sh --bootstrap-server "$KAFKA_BROKERS" --alter --entity-type topics --entity-name experience.events.a --add-config retention.ms=-1,retention.bytes=-1',
  })
  expect(kinds(described({ retentionBytes: 1000 }))).toEqual(['error Retention'])
  expect(kinds(described({ cleanupPolicy: ['compact'] }))).toEqual(['error Compaction'])
  // Retention counts only where the policy says that it is heeded.
  expect(kinds(described({ cleanupPolicy: ['compact'], retentionMs: 1 }))).toEqual(['error Compaction'])
  expect(kinds(described({ cleanupPolicy: ['compact', 'delete'], retentionMs: 1 }))).toEqual([
    'error Compaction',
    'error Retention',
  ])
})

test('tells where appends are refused, or answered before they are safe', () => {
  expect(kinds(described({}, { replicasInSync: 1 }))).toEqual(['error AppendsRefused', 'warning ReplicasBehind'])
  expect(kinds(described({}, { replicas: 1, replicasInSync: 1 }))).toEqual(['error AppendsRefused', 'note OneReplica'])
  expect(kinds(described({}, { replicasInSync: 2 }))).toEqual(['warning ReplicasBehind'])
  expect(kinds(described({ minInSyncReplicas: 1 }))).toEqual(['warning FewReplicasAnswer'])
  expect(kinds(described({ minInSyncReplicas: 1 }, { replicas: 1, replicasInSync: 1 }))).toEqual(['note OneReplica'])
  expect(kinds(described({ uncleanElections: true }))).toEqual(['warning UncleanElections'])
})

test('tells which records a topic changes or refuses', () => {
  expect(kinds(described({ timestampType: 'LogAppendTime', timestampAheadMs: 1 }))).toEqual(['warning BrokerTimes'])
  expect(kinds(described({ timestampAheadMs: 3_600_000 }))).toEqual(['warning TimesRefused'])
  expect(topicFaults(described({ timestampAheadMs: 3_600_000 }))[0]?.message).toContain('more than 1 h ahead')
  expect(kinds(described({ maxMessageBytes: 100_000 }))).toEqual(['warning SmallRecords'])
})

test('says where it may not see the settings', () => {
  expect(kinds(described({}, { settings: null, replicas: 1, replicasInSync: 1 }))).toEqual([
    'note OneReplica',
    'note HiddenSettings',
  ])
})
