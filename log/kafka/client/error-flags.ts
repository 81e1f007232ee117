/**
 * What an error says of a request beyond its words:
 * - `unreachable`: no answer, rather than a "no".
 * - `lasting`: it stays, however often a consumer tries; it lacks a right, or the cluster can't serve it.
 * - `fenced`: the request came under a generation of the group that is over; whatever it asked for was not done.
 * - `loginRefused`: the brokers do not let this client in.
 * - `hasMembers`: the group has members, where only one without may be asked.
 */
export type ErrorFlag = 'unreachable' | 'lasting' | 'fenced' | 'loginRefused' | 'hasMembers'

/**
 * By kafkajs's names of its own errors, ours, and Kafka's of those that brokers answer (https://kafka.apache.org/protocol#protocol_error_codes).
 * An error that is not listed has no flag.
 */
const flags: Readonly<Record<string, readonly ErrorFlag[]>> = {
  KafkaJSConnectionError: ['unreachable'],
  KafkaJSConnectionClosedError: ['unreachable'],
  KafkaJSRequestTimeoutError: ['unreachable'],
  KafkaJSBrokerNotFound: ['unreachable'],
  KafkaJSNoBrokerAvailableError: ['unreachable'],
  KafkaJSLockTimeout: ['unreachable'],
  KafkaJSGroupCoordinatorNotFound: ['unreachable'],
  KafkaJSSASLAuthenticationError: ['lasting', 'loginRefused'],
  TokenRefused: ['lasting', 'loginRefused'],
  RightMissing: ['lasting'],

  TOPIC_AUTHORIZATION_FAILED: ['lasting'],
  GROUP_AUTHORIZATION_FAILED: ['lasting'],
  CLUSTER_AUTHORIZATION_FAILED: ['lasting'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ['lasting'],
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: ['lasting'],
  SASL_AUTHENTICATION_FAILED: ['lasting'],
  UNSUPPORTED_SASL_MECHANISM: ['lasting'],
  ILLEGAL_SASL_STATE: ['lasting'],
  SECURITY_DISABLED: ['lasting'],
  UNSUPPORTED_VERSION: ['lasting'],
  INVALID_GROUP_ID: ['lasting'],
  INVALID_SESSION_TIMEOUT: ['lasting'],
  GROUP_MAX_SIZE_REACHED: ['lasting'],

  ILLEGAL_GENERATION: ['fenced', 'hasMembers'],
  UNKNOWN_MEMBER_ID: ['fenced', 'hasMembers'],
  FENCED_INSTANCE_ID: ['fenced'],
  // To a commit, this says that the next generation is formed already, though not yet synchronised.
  REBALANCE_IN_PROGRESS: ['fenced', 'hasMembers'],
  NON_EMPTY_GROUP: ['hasMembers'],
}

/** Whether an error of this name has the flag. */
export function hasFlag(name: string | undefined, flag: ErrorFlag): boolean {
  return name !== undefined && flags[name]?.includes(flag) === true
}
