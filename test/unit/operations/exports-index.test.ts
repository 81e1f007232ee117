import { expect, test } from 'vitest'
import { exportsIndex } from '../../../operations/tenants/exports-index.ts'
import type { LoggedOperation, Operation } from '../../../operations/log/operation.ts'

function logged(...operations: Operation[]): LoggedOperation[] {
  return operations.map((operation) => ({ at: '2026-01-01T00:00:00Z', by: 'op@host', operation }))
}
function exported(file: string, topics: string[]): Operation {
  return {
    type: 'Exported',
    file,
    topics,
    records: 1,
    digest: 'd',
  }
}
const deleted: Operation = {
  type: 'TenantDeleted',
  tenant: 'gone',
  topic: 'gone',
  records: 1,
  events: 1,
  dead_letters: 0,
}

test('lists files until all tenants in them are deleted', () => {
  const files = (...operations: Operation[]) =>
    exportsIndex(logged(...operations)).map(({ file, topics }) => [file, topics])
  const both = [exported('all', ['gone', 'stays']), exported('one', ['gone'])]
  expect(files(...both)).toEqual([
    ['all', ['gone', 'stays']],
    ['one', ['gone']],
  ])
  expect(files(...both, deleted)).toEqual([['all', ['stays']]])
  // What is exported after a tenant has come again is another copy.
  expect(files(deleted, exported('later', ['gone']))).toEqual([['later', ['gone']]])
})

test('an export of many tenants is one file, in whatever parts it was noted', () => {
  const parts: Operation[] = [exported('all', ['a', 'gone']), exported('other', ['c'])]
  const rest: Operation = { type: 'Exported', file: 'all', topics: ['b'], records: 1, digest: 'd', continues: true }
  expect(exportsIndex(logged(...parts, rest, deleted)).map(({ file, topics }) => [file, topics])).toEqual([
    ['all', ['a', 'b']],
    ['other', ['c']],
  ])
})
