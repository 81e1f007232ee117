import kafkajs from 'kafkajs'
import { DEFAULT_MAX_BATCH_BYTES } from '../../record-size.ts'
import type { TopicDescription, TopicSettings } from '../../topic-description.ts'
import type { KafkaCluster } from './kafka-cluster.ts'
import { kafkaErrorType } from './kafka-failure.ts'
import { errorOfCode, lenient } from './lenient-broker.ts'

/** Topics of one request. */
const TOGETHER = 500
/** What Kafka takes where nothing is set; what a broker does not name, it does not know. */
const DEFAULTS = {
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.after.max.ms': '9223372036854775807',
  'max.message.bytes': String(DEFAULT_MAX_BATCH_BYTES),
  'unclean.leader.election.enable': 'false',
  'min.insync.replicas': '1',
} as const

type SettingName = keyof typeof DEFAULTS

/** How the topics are kept; those that do not exist are left out. */
export async function describeTopics(cluster: KafkaCluster, names: readonly string[]): Promise<TopicDescription[]> {
  const { topics } = await cluster.look(names)
  const settings = await topicSettings(
    cluster,
    names.filter((name) => topics.has(name)),
  )
  return [...settings].map(([topic, found]) => {
    const partitions = topics.get(topic)!
    return {
      topic,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas)),
      replicasInSync: Math.min(...partitions.map(({ inSync }) => inSync)),
      settings: found,
    }
  })
}

/** Settings of topics, null where this client may not see them; those that do not exist are left out. */
export async function topicSettings(
  cluster: KafkaCluster,
  names: readonly string[],
): Promise<Map<string, TopicSettings | null>> {
  const found = new Map<string, TopicSettings | null>()
  for (let at = 0; at < names.length; at += TOGETHER) {
    const resources = names.slice(at, at + TOGETHER).map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(DEFAULTS),
    }))
    const described = await lenient(await cluster.anyBroker()).describeConfigs({ resources, includeSynonyms: false })
    for (const { resourceName, errorCode, configEntries } of described.resources) {
      const error = errorOfCode(errorCode)
      const type = kafkaErrorType(error)
      if (error === undefined) found.set(resourceName, settingsOf(configEntries))
      // A client without the right to see settings can write all the same.
      else if (type?.endsWith('AUTHORIZATION_FAILED') === true) found.set(resourceName, null)
      else if (type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    }
  }
  return found
}

function settingsOf(entries: readonly { configName: string; configValue: string | null }[]): TopicSettings {
  const values = new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
  const text = (name: SettingName): string => values.get(name) ?? DEFAULTS[name]
  const limit = (name: SettingName): number | null => {
    const value = Number(text(name))
    return value < 0 || value >= Number(DEFAULTS['message.timestamp.after.max.ms']) ? null : value
  }
  return {
    retentionMs: limit('retention.ms'),
    retentionBytes: limit('retention.bytes'),
    cleanupPolicy: text('cleanup.policy')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    timestampType: text('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    timestampAheadMs: limit('message.timestamp.after.max.ms'),
    maxMessageBytes: Number(text('max.message.bytes')),
    uncleanElections: text('unclean.leader.election.enable') === 'true',
    minInSyncReplicas: Number(text('min.insync.replicas')),
  }
}
