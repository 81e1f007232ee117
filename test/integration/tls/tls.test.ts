import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { doctor } from '../../../service/cli/doctor.ts'
import { ingest } from '../../../service/cli/ingest.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { openStore } from '../../../service/wiring/open-read-model.ts'
import { checkPrerequisites } from '../../../stack/prerequisites.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { mustNotSkip } from '../../must-not-skip.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { runInProcess } from '../archive/run-in-process.ts'
import { settingsOf, type Environment } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { Authority, encryptKey, type Issued } from './certificates.ts'
import { startTlsProxy, type TlsProxy } from './tls-proxy.ts'
import { CLIENT, startTokenServer } from './token-server.ts'

const prerequisites = await checkPrerequisites()
/** No answer of a program that says what is wrong may take longer. */
const SOON_MS = 15_000
const PASSPHRASE = 'a passphrase that nobody may see'

describe.skipIf(!prerequisites.met && !mustNotSkip())('servers behind TLS', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let authority: Authority
  let foreign: Authority
  let client: Issued
  let stack: Stack
  let registry: TlsProxy
  let clickhouse: TlsProxy
  let tokens: Awaited<ReturnType<typeof startTokenServer>>
  const proxies: TlsProxy[] = []

  beforeAll(async () => {
    directory = await temporaryDirectory()
    authority = await Authority.create(directory.path, 'authority')
    foreign = await Authority.create(directory.path, 'foreign')
    client = await authority.issue('client')
    const server = await authority.issue('server')
    const keyStore = join(directory.path, 'key-store.pem')
    await writeFile(keyStore, server.key + server.certificate)
    const tls = {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keyStore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.certificateFile,
    }
    const login = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;'
    const tokenSettings = { 'sasl.enabled.mechanisms': 'OAUTHBEARER', 'oauthbearer.sasl.jaas.config': login }
    stack = await startStack({
      clickhouse: true,
      listeners: [
        { name: 'MUTUAL', protocol: 'SSL', settings: { ...tls, 'ssl.client.auth': 'required' } },
        { name: 'TOKEN', protocol: 'SASL_SSL', settings: { ...tls, ...tokenSettings } },
      ],
    })
    const demanding = { ca: authority.certificate, requestCert: true, rejectUnauthorized: true }
    const options = { cert: server.certificate, key: server.key, ...demanding }
    registry = await proxy(stack.schemaRegistryUrl, options)
    clickhouse = await proxy(stack.clickhouseUrl, options)
    tokens = await startTokenServer()
  })

  afterAll(async () => {
    await tokens?.stop()
    for (const each of proxies) await each.stop()
    await stack?.stop()
    await directory?.remove()
  })

  async function proxy(...parts: Parameters<typeof startTlsProxy>): Promise<TlsProxy> {
    const started = await startTlsProxy(...parts)
    proxies.push(started)
    return started
  }

  function address(listener: 'MUTUAL' | 'TOKEN'): string {
    return stack.nodes[0]!.addresses[listener]!
  }

  /** As an operator would set it: files for what is secret or long. */
  function environment(prefix: string): Environment {
    const files = (name: string): Environment => ({
      [`${name}_CA_FILE`]: authority.certificateFile,
      [`${name}_CERTIFICATE_FILE`]: client.certificateFile,
      [`${name}_KEY_FILE`]: client.keyFile,
    })
    return {
      KAFKA_BROKERS: address('MUTUAL'),
      KAFKA_SSL: 'true',
      SCHEMA_REGISTRY_URL: registry.url,
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_DATABASE: prefix.replaceAll('-', '_'),
      TOPIC_PREFIX: prefix,
      ...files('KAFKA'),
      ...files('SCHEMA_REGISTRY'),
      ...files('CLICKHOUSE'),
    }
  }

  function byToken(): Environment {
    const { KAFKA_CERTIFICATE_FILE: _certificate, KAFKA_KEY_FILE: _key, ...others } = environment('tls-token')
    return {
      ...others,
      KAFKA_BROKERS: address('TOKEN'),
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: tokens.url,
      KAFKA_OAUTH_CLIENT_ID: CLIENT.id,
      KAFKA_OAUTH_CLIENT_SECRET: CLIENT.secret,
    }
  }

  /** What opening the log says, and no secret in it. */
  async function faultOf(open: () => Promise<{ close(): Promise<void> }>): Promise<ExperienceError> {
    const begunAt = performance.now()
    const fault = await open().then(
      async (opened) => {
        await opened.close()
        return null
      },
      (error: unknown) => error,
    )
    expect(fault).toBeInstanceOf(ExperienceError)
    expect(performance.now() - begunAt).toBeLessThan(SOON_MS)
    const { message } = fault as ExperienceError
    for (const secret of [CLIENT.secret, encodeURIComponent(CLIENT.secret), PASSPHRASE, 'BEGIN', 'Basic']) {
      expect(message).not.toContain(secret)
    }
    return fault as ExperienceError
  }

  function kafkaFault(environmentOf: Environment): Promise<ExperienceError> {
    return faultOf(() => openLog(settingsOf(environmentOf)))
  }

  /** The registry is asked only when it is needed. */
  async function registryFault(changes: Environment): Promise<ExperienceError> {
    const without = { SCHEMA_REGISTRY_CA_FILE: '', SCHEMA_REGISTRY_CERTIFICATE_FILE: '', SCHEMA_REGISTRY_KEY_FILE: '' }
    const log = await openLog(settingsOf(environment('tls-registry'), { ...without, ...changes }))
    try {
      return await faultOf(async () => {
        await log.registry.register('subject', '"string"')
        return log
      })
    } finally {
      await log.close()
    }
  }

  function clickhouseFault(changes: Environment): Promise<ExperienceError> {
    const without = { CLICKHOUSE_CA_FILE: '', CLICKHOUSE_CERTIFICATE_FILE: '', CLICKHOUSE_KEY_FILE: '' }
    return faultOf(async () => {
      const store = await openStore(settingsOf(environment('tls-tables'), { ...without, ...changes }))
      try {
        await store.query({ sql: 'SELECT 1' })
      } finally {
        await store.close()
      }
      return store
    })
  }

  test('events go in and the doctor is content, by client certificates all over', async () => {
    const asked = environment('tls-all')
    const stdin = Readable.from([Buffer.from(`${json(outcome({}))}\n`)])
    const taken = await runInProcess(asked, (context) => ingest(context, '-'), { stdin })
    expect(taken).toMatchObject({ exitCode: 0, error: null })
    const checked = await runInProcess(asked, (context) => doctor(context, { format: 'json', role: [] }))
    expect(checked.stdout.toString()).not.toContain('"severity":"error"')
    expect(checked.exitCode).toBe(0)
  })

  test('a key may be encrypted', async () => {
    const keyFile = join(directory.path, 'encrypted.key')
    await writeFile(keyFile, await encryptKey(client, PASSPHRASE))
    const asked = { ...environment('tls-passphrase'), KAFKA_KEY_FILE: keyFile }
    await (await openLog(settingsOf(asked, { KAFKA_KEY_PASSPHRASE: PASSPHRASE }))).close()
    expect(() => settingsOf(asked, { KAFKA_KEY_PASSPHRASE: 'another' })).toThrow(/^KAFKA_KEY: cannot be read/)
    expect(() => settingsOf(asked)).toThrow(/^KAFKA_KEY: cannot be read/)
  })

  test('a key of another certificate is told before anything is opened', async () => {
    const other = await authority.issue('other')
    const asked = { ...environment('tls-mismatch'), CLICKHOUSE_KEY_FILE: other.keyFile }
    expect(() => settingsOf(asked)).toThrow('CLICKHOUSE_KEY: is not the key of CLICKHOUSE_CERTIFICATE')
  })

  describe('Kafka says which setting to look at', () => {
    test('of an authority that is not trusted', async () => {
      const asked = environment('tls-fault')
      expect(await kafkaFault({ ...asked, KAFKA_CA_FILE: '' })).toMatchObject({
        code: 'Unavailable',
        message: expect.stringContaining('set KAFKA_CA to'),
      })
      const { message } = await kafkaFault({ ...asked, KAFKA_CA_FILE: foreign.certificateFile })
      expect(message).toContain('set KAFKA_CA to')
    })

    test("of a client's certificate that is missing, expired or of another authority", async () => {
      const asked = environment('tls-fault')
      const missing = await kafkaFault({ ...asked, KAFKA_CERTIFICATE_FILE: '', KAFKA_KEY_FILE: '' })
      expect(missing.message).toContain('set KAFKA_CERTIFICATE and KAFKA_KEY')
      for (const issued of [await authority.issue('expired', 'localhost', -1), await foreign.issue('stranger')]) {
        const files = { KAFKA_CERTIFICATE_FILE: issued.certificateFile, KAFKA_KEY_FILE: issued.keyFile }
        expect((await kafkaFault({ ...asked, ...files })).message).toContain('set KAFKA_CERTIFICATE and KAFKA_KEY')
      }
    })

    test('of a host name that the certificate is not for', async () => {
      const brokers = address('MUTUAL').replace('localhost', '127.0.0.1')
      const { message } = await kafkaFault({ ...environment('tls-fault'), KAFKA_BROKERS: brokers })
      expect(message).toContain('in KAFKA_BROKERS, name the server as its certificate does')
    })

    test('of a port without TLS, and of TLS where none was asked for', async () => {
      const plain = await kafkaFault({ ...environment('tls-fault'), KAFKA_BROKERS: stack.brokers.join(',') })
      expect(plain.message).toContain('KAFKA_BROKERS has to name a port for TLS')
      const files = { KAFKA_CA_FILE: '', KAFKA_CERTIFICATE_FILE: '', KAFKA_KEY_FILE: '' }
      const without = await kafkaFault({ ...environment('tls-fault'), ...files, KAFKA_SSL: 'false' })
      expect(without.message).toMatch(/TLS/)
    })
  })

  describe('tokens', () => {
    test('let a client in, one for all its connections', async () => {
      const before = tokens.given
      const stdin = Readable.from([Buffer.from(`${json(outcome({}))}\n`)])
      const taken = await runInProcess(byToken(), (context) => ingest(context, '-'), { stdin })
      expect(taken).toMatchObject({ exitCode: 0, error: null })
      expect(tokens.given).toBe(before + 1)
    })

    test('are refused by the token server, which is told with the settings to look at', async () => {
      const fault = await kafkaFault({ ...byToken(), KAFKA_OAUTH_CLIENT_SECRET: 'wrong' })
      expect(fault).toMatchObject({ code: 'StorageError' })
      expect(fault.message).toContain('invalid_client')
      expect(fault.message).toContain('KAFKA_OAUTH_CLIENT_SECRET')
      expect(fault.message).not.toContain('no client')
    })

    test('are refused by Kafka', async () => {
      tokens.lifetime = -100
      const fault = await kafkaFault(byToken())
      tokens.lifetime = 3600
      expect(fault).toMatchObject({ code: 'StorageError' })
      expect(fault.message).toContain('KAFKA_OAUTH_')
      expect(fault.message).toContain('invalid_token')
    })

    test('cannot be had', async () => {
      const fault = await kafkaFault({ ...byToken(), KAFKA_OAUTH_TOKEN_URL: 'http://127.0.0.1:1/token' })
      expect(fault).toMatchObject({ code: 'Unavailable' })
      expect(fault.message).toContain('KAFKA_OAUTH_TOKEN_URL')
    })
  })

  describe.each([
    ['registry', 'SCHEMA_REGISTRY', registryFault, () => registry],
    ['ClickHouse', 'CLICKHOUSE', clickhouseFault, () => clickhouse],
  ] as const)('the %s', (_name, setting, faultWith, behind) => {
    test('says which setting to look at', async () => {
      const ca = { [`${setting}_CA_FILE`]: authority.certificateFile }
      const own = { [`${setting}_CERTIFICATE_FILE`]: client.certificateFile, [`${setting}_KEY_FILE`]: client.keyFile }
      expect((await faultWith(own)).message).toContain(`set ${setting}_CA to`)
      expect((await faultWith(ca)).message).toContain(`set ${setting}_CERTIFICATE and ${setting}_KEY`)
      const elsewhere = { [`${setting}_URL`]: behind().url.replace('localhost', '127.0.0.1') }
      expect((await faultWith({ ...ca, ...own, ...elsewhere })).message).toContain(`in ${setting}_URL, name the server`)
    })

    test('says that its certificate expired, and when it does not speak TLS', async () => {
      const ca = { [`${setting}_CA_FILE`]: authority.certificateFile }
      const { certificate, key } = await authority.issue(`expired-${setting}`, 'localhost', -1)
      const expired = await proxy('http://127.0.0.1:1', { cert: certificate, key })
      expect((await faultWith({ ...ca, [`${setting}_URL`]: expired.url })).message).toContain('is not valid now')
      const plain = stack.schemaRegistryUrl.replace('http:', 'https:')
      expect((await faultWith({ ...ca, [`${setting}_URL`]: plain })).message).toContain('does not speak TLS')
    })
  })
})
