import type { TopicDescription, TopicSettings } from '../../log/topic-description.ts'
import { DEFAULT_MAX_BATCH_BYTES } from '../../log/record-size.ts'

/** `error`: events are or will be lost, or none can be appended. `warning`: something may be lost or is refused. `note`: nothing is wrong. */
export type Severity = 'error' | 'warning' | 'note'

/** What is wrong with how a topic is kept, with what to do about it. */
export interface TopicFault {
  readonly topic: string
  readonly kind:
    | 'Retention'
    | 'Compaction'
    | 'AppendsRefused'
    | 'UncleanElections'
    | 'ReplicasBehind'
    | 'FewReplicasAnswer'
    | 'BrokerTimes'
    | 'TimesRefused'
    | 'SmallRecords'
    | 'OneReplica'
    | 'HiddenSettings'
  readonly severity: Severity
  readonly message: string
  readonly next: string
}

type Finding = Omit<TopicFault, 'topic'>

/** What a topic needs to be the source of truth, against how it is kept. Worst first. */
export function topicFaults(described: TopicDescription): TopicFault[] {
  const { topic, settings } = described
  const findings =
    settings === null
      ? [...replicaFindings(described), hiddenSettings(topic)]
      : [
          ...forgetting(topic, settings),
          ...appendsRefused(described, settings),
          ...replicaFindings(described),
          ...durability(described, settings),
          ...records(topic, settings),
        ]
  return findings.map((finding) => ({ topic, ...finding }))
}

function forgetting(topic: string, { cleanupPolicy, retentionMs, retentionBytes }: TopicSettings): Finding[] {
  const findings: Finding[] = []
  if (cleanupPolicy.includes('compact')) {
    findings.push({
      kind: 'Compaction',
      severity: 'error',
      message: `${topic} forgets: it is compacted, so that Kafka keeps only the last record of each key`,
      next: alter(topic, 'cleanup.policy=delete,retention.ms=-1,retention.bytes=-1'),
    })
  }
  if (cleanupPolicy.includes('delete') && (retentionMs !== null || retentionBytes !== null)) {
    const limits = [
      ...(retentionMs === null ? [] : [`what is older than ${duration(retentionMs)} (retention.ms=${retentionMs})`]),
      ...(retentionBytes === null
        ? []
        : [`the oldest of more than ${retentionBytes} bytes a partition (retention.bytes)`]),
    ]
    findings.push({
      kind: 'Retention',
      severity: 'error',
      message: `${topic} forgets: Kafka deletes ${limits.join(' and ')}`,
      next: alter(topic, 'retention.ms=-1,retention.bytes=-1'),
    })
  }
  return findings
}

function appendsRefused({ topic, replicas, replicasInSync }: TopicDescription, settings: TopicSettings): Finding[] {
  const { minInSyncReplicas: least } = settings
  if (replicas === null || replicasInSync === null || replicasInSync >= least) return []
  return [
    {
      kind: 'AppendsRefused',
      severity: 'error',
      message: `${topic} takes no events: min.insync.replicas is ${least}, but of ${replicas} replicas ${replicasInSync} are in sync`,
      next:
        replicas < least
          ? alter(topic, `min.insync.replicas=${Math.max(1, replicas - 1)}`)
          : 'start the brokers that are down, and wait until their replicas have caught up',
    },
  ]
}

function replicaFindings({ topic, replicas, replicasInSync }: TopicDescription): Finding[] {
  if (replicas === null || replicasInSync === null) return []
  if (replicasInSync < replicas) {
    return [
      {
        kind: 'ReplicasBehind',
        severity: 'warning',
        message: `${topic} has ${replicasInSync} of ${replicas} replicas in sync`,
        next: 'start the brokers that are down, and wait until their replicas have caught up',
      },
    ]
  }
  if (replicas > 1) return []
  return [
    {
      kind: 'OneReplica',
      severity: 'note',
      message: `${topic} has one replica: with that broker's disk its events are lost`,
      next: 'where there are three brokers: kafka-reassign-partitions.sh with three replicas for each partition',
    },
  ]
}

function durability({ topic, replicas }: TopicDescription, settings: TopicSettings): Finding[] {
  const findings: Finding[] = []
  if (settings.uncleanElections) {
    findings.push({
      kind: 'UncleanElections',
      severity: 'warning',
      message: `${topic} may lose events: a replica that lacks some may become the leader (unclean.leader.election.enable)`,
      next: alter(topic, 'unclean.leader.election.enable=false'),
    })
  }
  if (replicas !== null && replicas >= 3 && settings.minInSyncReplicas < 2) {
    findings.push({
      kind: 'FewReplicasAnswer',
      severity: 'warning',
      message: `${topic} has ${replicas} replicas, but an append may be answered when one has it: what only that one has is lost with it`,
      next: alter(topic, 'min.insync.replicas=2'),
    })
  }
  return findings
}

function records(topic: string, { timestampType, timestampAheadMs, maxMessageBytes }: TopicSettings): Finding[] {
  const findings: Finding[] = []
  if (timestampType === 'LogAppendTime') {
    findings.push({
      kind: 'BrokerTimes',
      severity: 'warning',
      message: `${topic} keeps the broker's times, not the producers': time travel and the order of events without a time follow that clock, and an import does not keep the times it brings`,
      next: alter(topic, 'message.timestamp.type=CreateTime'),
    })
  } else if (timestampAheadMs !== null) {
    findings.push({
      kind: 'TimesRefused',
      severity: 'warning',
      message: `${topic} refuses events of a producer whose clock is more than ${duration(timestampAheadMs)} ahead`,
      next: alter(topic, `message.timestamp.after.max.ms=${2n ** 63n - 1n}`),
    })
  }
  if (maxMessageBytes < DEFAULT_MAX_BATCH_BYTES) {
    findings.push({
      kind: 'SmallRecords',
      severity: 'warning',
      message: `${topic} refuses events that take more than ${maxMessageBytes} bytes (max.message.bytes)`,
      next: alter(topic, `max.message.bytes=${DEFAULT_MAX_BATCH_BYTES}`),
    })
  }
  return findings
}

function hiddenSettings(topic: string): Finding {
  return {
    kind: 'HiddenSettings',
    severity: 'note',
    message: `this client may not see the settings of ${topic}, so that nothing tells whether it forgets`,
    next: `kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add --allow-principal User:NAME --operation DescribeConfigs --topic ${topic}`,
  }
}

function alter(topic: string, settings: string): string {
  return `kafka-configs.sh --bootstrap-server "$KAFKA_BROKERS" --alter --entity-type topics --entity-name ${topic} --add-config ${settings}`
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

function duration(ms: number): string {
  const [size, name] = UNITS.find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms']
  return `${ms / size} ${name}`
}
