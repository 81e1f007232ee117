import { expect, test } from 'vitest'
import type { LoggedOperation, Operation } from '../../../operations/log/operation.ts'
import { namedQueriesOf, namedQueryFor } from '../../../operations/named-queries/named-queries-of.ts'

function at(operation: Operation): LoggedOperation {
  return { at: '2026-04-23T09:00:00.000Z', by: 'key:1', operation }
}
function stored(name: string, tenant: string | null, sql: string): LoggedOperation {
  return at({ type: 'NamedQueryStored', name, tenant, sql, description: '' })
}
function deleted(name: string, tenant: string | null): LoggedOperation {
  return at({ type: 'NamedQueryDeleted', name, tenant })
}

test('the latest counts, by tenant and name', () => {
  const queries = namedQueriesOf([
    stored('b', 'x', '1'),
    stored('a', null, '2'),
    stored('b', 'x', '3'),
    stored('b', null, '4'),
    stored('b', 'y', '5'),
    deleted('b', 'y'),
    deleted('a', 'x'),
  ])
  expect(queries.map(({ name, tenant, sql }) => [name, tenant, sql])).toEqual([
    ['a', null, '2'],
    ['b', null, '4'],
    ['b', 'x', '3'],
  ])
  expect(namedQueryFor(queries, 'b', 'x')?.sql).toBe('3')
  expect(namedQueryFor(queries, 'b', 'y')?.sql).toBe('4')
  expect(namedQueryFor(queries, 'b', null)?.sql).toBe('4')
  expect(namedQueryFor(queries, 'c', 'x')).toBeUndefined()
})

test('what a deleted tenant had is gone, what it stores again is there', () => {
  const gone = at({ type: 'TenantDeleted', tenant: 'x', topic: 't', records: 0, events: 0, dead_letters: 0 })
  const operations = [stored('a', 'x', '1'), stored('a', null, '2'), gone]
  expect(namedQueriesOf(operations).map(({ tenant }) => tenant)).toEqual([null])
  expect(namedQueriesOf([...operations, stored('a', 'x', '3')]).map(({ sql }) => sql)).toEqual(['2', '3'])
})
