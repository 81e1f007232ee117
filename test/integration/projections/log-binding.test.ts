import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChdbReadModelStore } from '../../../projections/clickhouse/chdb-read-model-store.ts'
import { bindToLog } from '../../../projections/generations/log-binding.ts'
import type { ReadModelStore } from '../../../projections/read-model-store.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let store: ReadModelStore

beforeAll(async () => {
  directory = await temporaryDirectory()
  store = await openChdbReadModelStore({ directory: directory.path, database: 'binding' })
  await store.command({ sql: 'CREATE DATABASE binding' })
})
afterAll(async () => {
  await store.close()
  await directory.remove()
})

test('keeps a read model to the log that it was projected from', async () => {
  await Promise.all([bindToLog(store, 'log one'), bindToLog(store, 'log one')])
  await bindToLog(store, 'log one')
  await expect(bindToLog(store, 'log two')).rejects.toMatchObject({
    code: 'InvalidSettings',
    message: expect.stringMatching(/another log \(log one\) than this one \(log two\)/) as unknown,
  })
})
