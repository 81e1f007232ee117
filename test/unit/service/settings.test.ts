import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { SettingsSchema } from '../../../service/settings-schema.ts'
import { readSettings } from '../../../service/settings.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

function faultsOf(environment: Readonly<Record<string, string>>): string[] {
  try {
    readSettings(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ExperienceError)
    expect(error).toMatchObject({ code: 'InvalidSettings', retryable: false })
    return (error as ExperienceError).message.split('\n')
  }
  return []
}

test('has a default, or may be left out, for every setting', () => {
  expect(readSettings({})).toMatchObject({
    EXPERIENCE_LOG_DATA: '.experience-log',
    CLICKHOUSE_DATABASE: 'experience_log',
    TOPIC_PREFIX: 'experience',
    TOPIC_PARTITIONS: 1,
    KAFKA_SSL: false,
  })
  expect(readSettings({}).KAFKA_BROKERS).toBeUndefined()
})

test('describes every setting', () => {
  for (const [name, schema] of Object.entries(SettingsSchema.shape)) expect(schema.description, name).toBeTruthy()
})

test('takes an empty variable as unset, and ignores those of others', () => {
  const empty = Object.fromEntries(Object.keys(SettingsSchema.shape).map((name) => [name, '']))
  expect(readSettings({ ...empty, PATH: '/bin', UNSET: undefined })).toEqual(readSettings({}))
})

test('reads lists, numbers and flags', () => {
  const given = {
    KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093',
    SCHEMA_REGISTRY_URL: 'http://registry:8081',
    KAFKA_SSL: 'true',
    READ_WAIT_MS: '0',
    PROJECTOR_DEAD_LETTER_SHARE: '0.05',
  }
  expect(readSettings(given)).toMatchObject({
    KAFKA_BROKERS: ['kafka-1:9092', '[::1]:9093'],
    KAFKA_SSL: true,
    READ_WAIT_MS: 0,
    PROJECTOR_DEAD_LETTER_SHARE: 0.05,
  })
})

test('tells every fault at once, each with its name', () => {
  const faults = faultsOf({
    KAFKA_BROKERS: 'localhost',
    KAFKA_SSL: 'yes',
    KAFKA_SASL_MECHANISM: 'magic',
    CLICKHOUSE_URL: 'tcp://clickhouse:9000',
    CLICKHOUSE_DATABASE: '1st',
    TOPIC_PREFIX: 'a.b',
    TOPIC_PARTITIONS: '0',
    READ_WAIT_MS: '-1',
  })
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'KAFKA_BROKERS',
    'KAFKA_SSL',
    'KAFKA_SASL_MECHANISM',
    'CLICKHOUSE_URL',
    'CLICKHOUSE_DATABASE',
    'TOPIC_PREFIX',
    'TOPIC_PARTITIONS',
    'READ_WAIT_MS',
    'SCHEMA_REGISTRY_URL',
    'KAFKA_SASL_USERNAME',
    'KAFKA_SASL_PASSWORD',
  ])
})

test('says what a setting may be', () => {
  expect(faultsOf({ TOPIC_PARTITIONS: '0', DISCOVERY_MS: '3600001', KAFKA_COMPRESSION: 'zip' }).toSorted()).toEqual([
    'DISCOVERY_MS: must be at most 3600000',
    'KAFKA_COMPRESSION: must be one of none, gzip',
    'TOPIC_PARTITIONS: must be at least 1',
  ])
})

describe('refuses', () => {
  test.each([
    ['KAFKA_BROKERS', ['kafka', 'kafka:', ':9092', 'kafka:9092,', 'kafka:99999', 'http://kafka:9092']],
    ['TOPIC_PREFIX', ['a_b', 'a.b', 'é', 'x'.repeat(50)]],
    ['CLICKHOUSE_DATABASE', ['a-b', 'a`b', 'a.b']],
    ['PRODUCER_BATCH_BYTES', ['1e6', '1.5', ' 2048', '1023', '99999999999999999999']],
    ['DISCOVERY_MS', ['99']],
    ['PROJECTOR_DEAD_LETTER_SHARE', ['2', '1.5', '-0.5', '50%', '1e-1', '.']],
    ['PROJECTOR_DEAD_LETTER_MINIMUM', ['0']],
  ])('%s %j', (name, values) => {
    for (const value of values) expect(faultsOf({ [name]: value }).join(), value).toContain(`${name}: `)
  })

  test.each([
    ['KAFKA_BROKERS', 'kafka:9092', 'SCHEMA_REGISTRY_URL'],
    ['SCHEMA_REGISTRY_URL', 'http://registry', 'KAFKA_BROKERS'],
    ['KAFKA_SASL_USERNAME', 'me', 'KAFKA_SASL_MECHANISM'],
    ['KAFKA_SASL_PASSWORD', 'secret', 'KAFKA_SASL_MECHANISM'],
  ])('%s without what it needs', (name, value, needed) => {
    expect(faultsOf({ [name]: value })).toEqual([`${needed}: required with ${name}`])
  })
})

describe('reads files', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>

  beforeAll(async () => {
    directory = await temporaryDirectory()
  })
  afterAll(() => directory.remove())

  async function file(content: string): Promise<string> {
    const path = join(directory.path, randomUUID())
    await writeFile(path, content)
    return path
  }

  test('for any setting, without the newline at the end', async () => {
    const given = {
      TOPIC_PREFIX_FILE: await file('of-file\n'),
      TOPIC_PARTITIONS_FILE: await file('7\r\n'),
      CLICKHOUSE_URL_FILE: await file('https://user:secret@host'),
      READ_WAIT_MS_FILE: '',
    }
    expect(readSettings(given)).toMatchObject({
      TOPIC_PREFIX: 'of-file',
      TOPIC_PARTITIONS: 7,
      CLICKHOUSE_URL: 'https://user:secret@host',
      READ_WAIT_MS: 30_000,
    })
  })

  test('but not beside the setting itself', async () => {
    const path = await file('a-secret')
    expect(faultsOf({ TOPIC_PREFIX: 'x', TOPIC_PREFIX_FILE: path })).toEqual([
      'TOPIC_PREFIX_FILE: not together with TOPIC_PREFIX',
    ])
  })

  test('and names the variable of one that cannot be read, is empty or holds no such value, never what it holds', async () => {
    const faults = faultsOf({
      TOPIC_PREFIX_FILE: join(directory.path, 'missing'),
      CLICKHOUSE_DATABASE_FILE: directory.path,
      CLICKHOUSE_URL_FILE: await file('\n'),
      KAFKA_CA_FILE: await file('a-secret'),
      TOPIC_PARTITIONS_FILE: await file('a-secret'),
    })
    expect(faults).toEqual([
      'CLICKHOUSE_URL_FILE: the file is empty',
      'CLICKHOUSE_DATABASE_FILE: cannot be read (EISDIR)',
      'TOPIC_PREFIX_FILE: cannot be read (ENOENT)',
      'KAFKA_CA: must be a certificate as PEM text',
      'TOPIC_PARTITIONS: must be a whole number',
      'KAFKA_SSL: must be true with KAFKA_CA or KAFKA_CERTIFICATE',
    ])
  })
})

describe('of TLS', () => {
  const noCertificate = '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----'
  const noKey = '-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----'

  test.each([
    [{ KAFKA_CA: noCertificate }, ['KAFKA_SSL: must be true with KAFKA_CA or KAFKA_CERTIFICATE']],
    [
      { CLICKHOUSE_CA: noCertificate, CLICKHOUSE_URL: 'http://host' },
      ['CLICKHOUSE_URL: must begin with https: with CLICKHOUSE_CA or CLICKHOUSE_CERTIFICATE'],
    ],
    [{ KAFKA_SSL: 'true', KAFKA_CERTIFICATE: noCertificate }, ['KAFKA_KEY: required with KAFKA_CERTIFICATE']],
    [{ KAFKA_KEY: noKey }, ['KAFKA_CERTIFICATE: required with KAFKA_KEY']],
    [{ KAFKA_KEY_PASSPHRASE: 'secret' }, ['KAFKA_KEY: required with KAFKA_KEY_PASSPHRASE']],
    [{ KAFKA_KEY: 'secret', KAFKA_CERTIFICATE: noCertificate }, ['KAFKA_KEY: must be a private key as PEM text']],
  ])('refuses what would be passed over, %#', (given, faults) => {
    expect(faultsOf(given)).toEqual(expect.arrayContaining(faults))
  })

  test('refuses what is no certificate', () => {
    expect(faultsOf({ KAFKA_SSL: 'true', KAFKA_CA: noCertificate })).toEqual([
      'KAFKA_CA: is no certificate that can be read',
    ])
  })
})

test('knows what each way to log in takes', () => {
  expect(faultsOf({ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_PASSWORD: 'secret' })).toEqual([
    'KAFKA_OAUTH_TOKEN_URL: required with oauthbearer',
    'KAFKA_OAUTH_CLIENT_ID: required with oauthbearer',
    'KAFKA_OAUTH_CLIENT_SECRET: required with oauthbearer',
    'KAFKA_SASL_PASSWORD: not with oauthbearer',
  ])
  expect(faultsOf({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_OAUTH_CLIENT_SECRET: 'secret' })).toEqual([
    'KAFKA_SASL_USERNAME: required with KAFKA_SASL_MECHANISM',
    'KAFKA_SASL_PASSWORD: required with KAFKA_SASL_MECHANISM',
    'KAFKA_OAUTH_CLIENT_SECRET: not with plain',
  ])
})

test('tells no password', () => {
  const faults = faultsOf({ CLICKHOUSE_URL: 'ftp://user:secret@host', KAFKA_SASL_PASSWORD: 'secret' })
  expect(faults.join()).not.toContain('secret')
})

test('the user of SQL needs a password, a server, and to be somebody else than the service', () => {
  const url = { CLICKHOUSE_URL: 'https://writer@clickhouse.example:8443' }
  const password = { CLICKHOUSE_SQL_PASSWORD: 'a password that nobody types' }
  expect(faultsOf({ ...url, ...password, CLICKHOUSE_SQL_USERNAME: 'analysts' })).toEqual([])
  expect(faultsOf({ ...url, CLICKHOUSE_SQL_USERNAME: 'analysts' })).toEqual([
    'CLICKHOUSE_SQL_PASSWORD: required with CLICKHOUSE_SQL_USERNAME',
  ])
  expect(faultsOf({ ...password, CLICKHOUSE_SQL_USERNAME: 'analysts' })).toEqual([
    'CLICKHOUSE_URL: required with CLICKHOUSE_SQL_USERNAME',
  ])
  expect(faultsOf({ ...url, ...password, CLICKHOUSE_SQL_USERNAME: 'writer' })).toEqual([
    'CLICKHOUSE_SQL_USERNAME: must be another user than that of CLICKHOUSE_URL',
  ])
  expect(faultsOf({ ...url, CLICKHOUSE_SQL_PASSWORD: 'short', CLICKHOUSE_SQL_USERNAME: 'an analyst' })).toEqual([
    'CLICKHOUSE_SQL_USERNAME: may hold only letters, digits and _, and must not begin with a digit',
    'CLICKHOUSE_SQL_PASSWORD: must have at least 24 characters: nobody has to type it',
  ])
})
