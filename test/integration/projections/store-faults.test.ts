import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import { openHttpReadModelStore } from '../../../projections/clickhouse/http-read-model-store.ts'
import { uint32 } from '../../../projections/columns/column-types.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import { column } from '../../../projections/columns/table-columns.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import { readSettings } from '../../../service/settings.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { openReadModel } from '../../../service/wiring/open-read-model.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

function refusal(expected: { code: string; retryable: boolean; message: RegExp }) {
  return {
    ...expected,
    message: expect.stringMatching(expected.message) as string,
  }
}

describe('the embedded engine', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let store: ReadModelStore

  beforeAll(async () => {
    directory = await temporaryDirectory()
    const leftovers = join(directory.path, 'insert-files')
    await mkdir(leftovers, { recursive: true })
    await writeFile(join(leftovers, 'of-a-killed-process.rowbinary'), 'rows')
    store = await openChdbReadModelStore({ directory: directory.path })
  })
  afterAll(async () => {
    await store.close()
    await directory.remove()
  })
  afterEach(() => {
    vi.doUnmock('chdb')
    vi.resetModules()
  })

  test('says how to install it where it is missing', async () => {
    vi.resetModules()
    vi.doMock('chdb', () => {
      throw Object.assign(new Error("Cannot find package 'chdb'"), { code: 'ERR_MODULE_NOT_FOUND' })
    })
    const { openChdbReadModelStore: open } = await import('../../../projections/clickhouse/chdb-read-model-store.ts')
    await expect(open({ directory: directory.path })).rejects.toMatchObject(
      refusal({ code: 'Unavailable', retryable: false, message: /npm install chdb/ }),
    )
  })

  test('says that another process uses the data directory', async () => {
    const { stdout } = await openElsewhere(directory.path)
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'Unavailable',
      message: expect.stringMatching(
        `^another process \\(${process.pid}\\) uses the data directory ${directory.path}: wait `,
      ),
    })
  })

  test.runIf(process.platform === 'linux')(
    'says so of a program of its own, in place of what the engine prints',
    async () => {
      const other = await temporaryDirectory()
      const script = `
      const { Session } = require('chdb')
      new Session(${JSON.stringify(other.path)})
      console.log('open')
      setInterval(() => {}, 1000)`
      const program = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(program.stdout, 'data')
      const { stdout, stderr } = await openElsewhere(other.path)
      expect(JSON.parse(stdout)).toMatchObject({
        code: 'Unavailable',
        message: expect.stringMatching(`^another process \\(${program.pid}\\) uses the data directory`),
      })
      expect(stderr).toBe('')
      program.kill('SIGKILL')
      await once(program, 'close')
      await other.remove()
    },
  )

  test('says that a process has one data directory', async () => {
    const other = await temporaryDirectory()
    await expect(openChdbReadModelStore({ directory: other.path })).rejects.toMatchObject(
      refusal({ code: 'Unavailable', retryable: false, message: /this process already has/ }),
    )
    await other.remove()
  })

  test('removes the rows that a killed process left, and its own', async () => {
    await store.command({ sql: 'CREATE DATABASE experience_log' })
    await store.command({ sql: 'CREATE TABLE experience_log.t (a UInt32) ENGINE = MergeTree ORDER BY a' })
    const rows = blockOf({ a: column(uint32, '') }, [{ a: 1 }, { a: 2 }])
    const block = { ...rows, table: 't', deduplicationToken: 'x' }
    await store.insert(block)
    await expect(store.insert({ ...block, table: 'missing' })).rejects.toMatchObject({ code: 'StorageError' })
    expect(await readdir(join(directory.path, 'insert-files'))).toEqual([])
  })

  test('finishes what was asked for before it closes', async () => {
    const second = await openChdbReadModelStore({ directory: directory.path, readers: 1 })
    const answers = [1, 2, 3].map((n) => second.query<{ n: number }>({ sql: `SELECT toInt32(${n}) AS n, sleep(0.05)` }))
    await second.close()
    expect((await Promise.all(answers)).map(([row]) => row?.n)).toEqual([1, 2, 3])
    await expect(second.query({ sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'StorageError' })
  })
})

/** Opens a directory in another process; what it printed. */
function openElsewhere(directory: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const script = `
    import { openChdbReadModelStore } from '${join(import.meta.dirname, '../../../projections/clickhouse/chdb-read-model-store.ts')}'
    openChdbReadModelStore({ directory: ${JSON.stringify(directory)} }).then(
      () => console.log('opened'),
      (error) => console.log(JSON.stringify({ code: error.code, message: error.message })),
    )`
  return promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
}

describe('a server over HTTP', () => {
  const servers: Server[] = []
  const stores: ReadModelStore[] = []
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  const serve = async (handler: Parameters<typeof createServer>[1]): Promise<number> => {
    const server = createServer(handler)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const open = (port: number, requestTimeoutMs = 2_000): ReadModelStore => {
    const store = openHttpReadModelStore({ url: `http://writer:sk-secret@127.0.0.1:${port}/log`, requestTimeoutMs })
    stores.push(store)
    return store
  }
  const block = { table: 't', columns: ['a'], rows: 1, native: [Uint8Array.of(1)], deduplicationToken: 'x' }

  test('that is not there is named, without the password', async () => {
    const port = await serve(() => undefined)
    servers.pop()?.close()
    const message = new RegExp(`^ClickHouse at http://127.0.0.1:${port} cannot be reached \\(ECONNREFUSED\\)$`)
    const expected = refusal({ code: 'Unavailable', retryable: true, message })
    await expect(open(port).query({ sql: 'SELECT 1' })).rejects.toMatchObject(expected)
    await expect(open(port).command({ sql: 'SELECT 1' })).rejects.toMatchObject(expected)
    await expect(open(port).insert(block)).rejects.toMatchObject(expected)
  })

  test('that accepts and never answers is given up after the time set, which the error names', async () => {
    const port = await serve(() => undefined)
    const requestTimeoutMs = 300
    const requests = [
      (store: ReadModelStore) => store.query({ sql: 'SELECT 1' }),
      (store: ReadModelStore) => store.command({ sql: 'SELECT 1' }),
      (store: ReadModelStore) => store.insert(block),
    ]
    for (const request of requests) {
      const startedAt = performance.now()
      await expect(request(open(port, requestTimeoutMs))).rejects.toMatchObject(
        refusal({
          code: 'Unavailable',
          retryable: true,
          message: /did not answer within 300 ms\. If it needs longer, raise CLICKHOUSE_TIMEOUT_MS$/,
        }),
      )
      // A timer may be a millisecond early.
      expect(performance.now() - startedAt).toBeGreaterThan(requestTimeoutMs - 5)
    }
  })

  test('that never answers is given up by the service after CLICKHOUSE_TIMEOUT_MS', async () => {
    const port = await serve(() => undefined)
    const data = await temporaryDirectory()
    const settings = readSettings({
      EXPERIENCE_LOG_DATA: data.path,
      CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
      CLICKHOUSE_TIMEOUT_MS: '1000',
    })
    const log = await openLog(settings)
    try {
      const startedAt = performance.now()
      await expect(openReadModel(settings, log)).rejects.toMatchObject(
        refusal({ code: 'Unavailable', retryable: true, message: /within 1000 ms.*CLICKHOUSE_TIMEOUT_MS/ }),
      )
      expect(performance.now() - startedAt).toBeGreaterThan(995)
    } finally {
      await log.close()
      await data.remove()
    }
  })

  test('that is something else is not quoted', async () => {
    const port = await serve((_, response) => response.writeHead(502).end('<html>sk-secret</html>'))
    await expect(open(port).query({ sql: 'SELECT 1' })).rejects.toMatchObject(
      refusal({
        code: 'Unavailable',
        retryable: true,
        message: /^ClickHouse at http:\/\/127\.0\.0\.1:\d+ did not answer as ClickHouse does$/,
      }),
    )
  })

  test('that refuses the password says so', async () => {
    const answer =
      'Code: 516. DB::Exception: writer: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)'
    const port = await serve((_, response) =>
      response.writeHead(403, { 'x-clickhouse-exception-code': '516' }).end(answer),
    )
    await expect(open(port).insert(block)).rejects.toMatchObject(
      refusal({ code: 'StorageError', retryable: false, message: /AUTHENTICATION_FAILED \(code 516\)/ }),
    )
  })

  test.each(['ftp://host/', 'host:8123', '', 'http://'])('is refused where its URL is %j', (url) => {
    expect(() => openHttpReadModelStore({ url })).toThrow(expect.objectContaining({ code: 'InvalidSettings' }) as Error)
  })
})
