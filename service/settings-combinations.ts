import { userIn } from '../projections/clickhouse/server-url.ts'
import type { GivenSettings } from './settings-files.ts'
import type { Settings } from './settings-type.ts'

type Name = keyof Settings

/** Settings that need another one: `[the one given, the one it needs]`. */
const NEEDS: readonly (readonly [given: Name, needed: Name])[] = [
  ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'],
  ['SCHEMA_REGISTRY_URL', 'KAFKA_BROKERS'],
  ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM'],
  ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM'],
  ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_SASL_MECHANISM'],
  ['CLICKHOUSE_SQL_USERNAME', 'CLICKHOUSE_SQL_PASSWORD'],
  ['CLICKHOUSE_SQL_PASSWORD', 'CLICKHOUSE_SQL_USERNAME'],
  ['CLICKHOUSE_SQL_USERNAME', 'CLICKHOUSE_URL'],
  ...pairs('KAFKA'),
  ...pairs('SCHEMA_REGISTRY'),
  ...pairs('CLICKHOUSE'),
]

/** What each way to log in takes. */
const BY_PASSWORD = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const
const BY_TOKEN = ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET'] as const

function pairs(prefix: 'KAFKA' | 'SCHEMA_REGISTRY' | 'CLICKHOUSE'): (readonly [Name, Name])[] {
  return [
    [`${prefix}_CERTIFICATE`, `${prefix}_KEY`],
    [`${prefix}_KEY`, `${prefix}_CERTIFICATE`],
    [`${prefix}_KEY_PASSPHRASE`, `${prefix}_KEY`],
  ]
}

/** What is wrong with settings beside one another, a line for each. */
export function combinationFaults(given: GivenSettings): string[] {
  const missing = NEEDS.filter(([name, needed]) => given[name] !== undefined && given[needed] === undefined)
  return [
    ...missing.map(([name, needed]) => `${needed}: required with ${name}`),
    ...logInFaults(given),
    ...plainFaults(given),
    ...sqlUserFaults(given),
  ]
}

/** One user could be held to nothing without the other. */
function sqlUserFaults({ CLICKHOUSE_URL: url, CLICKHOUSE_SQL_USERNAME: username }: GivenSettings): string[] {
  if (url === undefined || username === undefined || !/^https?:/.test(url) || !URL.canParse(url)) return []
  return userIn(url) === username ? ['CLICKHOUSE_SQL_USERNAME: must be another user than that of CLICKHOUSE_URL'] : []
}

function logInFaults(given: GivenSettings): string[] {
  const mechanism = given['KAFKA_SASL_MECHANISM']
  if (mechanism === undefined) return []
  const [taken, others] = mechanism === 'oauthbearer' ? [BY_TOKEN, BY_PASSWORD] : [BY_PASSWORD, BY_TOKEN]
  return [
    ...taken
      .filter((name) => given[name] === undefined)
      .map((name) => `${name}: required with ${mechanism === 'oauthbearer' ? 'oauthbearer' : 'KAFKA_SASL_MECHANISM'}`),
    ...others.filter((name) => given[name] !== undefined).map((name) => `${name}: not with ${mechanism}`),
  ]
}

/** Who names certificates means TLS: without it they would be passed over in silence. */
function plainFaults(given: GivenSettings): string[] {
  const isGiven = (prefix: string): boolean =>
    ['CA', 'CERTIFICATE'].some((part) => given[`${prefix}_${part}`] !== undefined)
  const faults: string[] = []
  if (isGiven('KAFKA') && given['KAFKA_SSL'] !== 'true') {
    faults.push('KAFKA_SSL: must be true with KAFKA_CA or KAFKA_CERTIFICATE')
  }
  for (const prefix of ['SCHEMA_REGISTRY', 'CLICKHOUSE']) {
    if (isGiven(prefix) && given[`${prefix}_URL`]?.startsWith('https:') !== true) {
      faults.push(`${prefix}_URL: must begin with https: with ${prefix}_CA or ${prefix}_CERTIFICATE`)
    }
  }
  return faults
}
