import { pino } from 'pino'
import { Writable } from 'node:stream'
import { createKey } from '../../../operations/keys/manage-keys.ts'
import type { KeyLimits, KeyRole } from '../../../operations/keys/key.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { Serving } from '../../../service/serve/serving.ts'
import { SERVE_ROLES, type ServeRole } from '../../../service/serve/serve-options.ts'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { servicePlace, settingsOf, type Environment, type LogUnderTest, type ServicePlace } from '../service-place.ts'

export interface StartOptions {
  readonly roles?: readonly ServeRole[]
  readonly host?: string
  /** Whether clients of ClickHouse are answered, too. */
  readonly clickhouse?: boolean
  readonly changes?: Environment
}

/** A serving process in this one, and what it logged. */
export interface Served {
  readonly url: string
  /** Where clients of ClickHouse are answered; empty where they are not. */
  readonly clickhouseUrl: string
  /** The lines that it logged so far. */
  readonly logged: string[]
  stop(): Promise<void>
}

const NO_LIMITS: KeyLimits = { events_per_second: null, bytes_per_second: null, queries_at_once: null }

/** Serves over HTTP for the tests of a file, and stops what they leave open. */
export class HttpBench {
  #place: ServicePlace | null = null
  readonly #closing: (() => Promise<void>)[] = []

  constructor() {
    beforeAll(async () => {
      this.#place = await servicePlace()
    })
    afterEach(async () => {
      for (const close of this.#closing.splice(0).toReversed()) await close()
    })
    afterAll(() => this.#place?.dispose())
  }

  newEnvironment(log: LogUnderTest): Environment {
    return this.#opened.newEnvironment(log)
  }

  /** What embedded stores of the file share. */
  get directory(): string {
    return this.#opened.directory
  }

  get #opened(): ServicePlace {
    if (this.#place === null) throw new Error('the place is made before the first test')
    return this.#place
  }

  async serve(environment: Environment, options: StartOptions = {}): Promise<Served> {
    const { roles = SERVE_ROLES, host = '127.0.0.1', clickhouse = false, changes = {} } = options
    const logged: string[] = []
    const write = (chunk: Buffer, _encoding: BufferEncoding, done: () => void): void => {
      logged.push(...chunk.toString().split('\n').filter(Boolean))
      done()
    }
    const logger = pino({ level: 'info' }, new Writable({ write }))
    // The machine has other work than ours while tests run.
    const settings = settingsOf(environment, { HTTP_MAX_EVENT_LOOP_DELAY_MS: '0', ...changes })
    const serving = await Serving.start(
      settings,
      { host, port: 0, clickhousePort: clickhouse ? 0 : null, roles: new Set(roles) },
      logger,
    )
    const stop = (): Promise<void> => serving.stop()
    this.#closing.push(stop)
    return { url: serving.url, clickhouseUrl: serving.clickhouseUrl ?? '', logged, stop }
  }

  /** See `createKeyIn`. */
  createKey(
    environment: Environment,
    tenant: string | null,
    roles: readonly KeyRole[],
    limits: Partial<KeyLimits> = {},
  ): Promise<string> {
    return createKeyIn(environment, tenant, roles, limits)
  }
}

/** Creates a key, as another process would, and returns its text. */
export async function createKeyIn(
  environment: Environment,
  tenant: string | null,
  roles: readonly KeyRole[],
  limits: Partial<KeyLimits> = {},
): Promise<string> {
  const log = await openLog(settingsOf(environment))
  try {
    const operations = new OperationsLog(log.log, log.topics)
    const key = { tenant, roles, name: 'test', expiresAt: null, limits: { ...NO_LIMITS, ...limits } }
    return (await createKey(operations, key)).key
  } finally {
    await log.close()
  }
}

/** A request with a key. */
export function withKey(key: string, init: RequestInit = {}): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` } }
}
