import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { Conditions } from '../../../queries/clauses/conditions.ts'

test('is nothing without conditions', () => {
  const conditions = new Conditions().equals('kind', null).tenant(null)
  expect(conditions.where).toBe('')
  expect(conditions.params).toEqual({})
})

test('passes values as parameters, never in the text', () => {
  const nasty = "x' OR 1=1 --"
  const conditions = new Conditions()
    .equals('chain_id', nasty)
    .tenant(nasty)
    .add('offset > {least:Int64}', { least: '1' })
  expect(conditions.where).toBe(
    'WHERE chain_id = {chain_id:String} AND tenant_id = {tenant_id:String} AND offset > {least:Int64}',
  )
  expect(conditions.params).toEqual({ chain_id: nasty, tenant_id: nasty, least: '1' })
})

test('finds nothing for the empty tenant, which stands for events without one', () => {
  expect(new Conditions().tenant('').where).toBe('WHERE false')
})

test('limits to a prefix of the log by time, and by offset where partitions are listed', () => {
  expect(new Conditions().within(null).where).toBe('')
  const byTime = new Conditions().within({ takenBy: 5n, ends: [] })
  expect(byTime.where).toBe('WHERE toUnixTimestamp64Milli(logged_at) <= {taken_by:Int64}')
  expect(byTime.params).toEqual({ taken_by: '5' })
  const nasty = { topic: "x'", partition: 2, next: offset(7) }
  const listed = new Conditions().within({ takenBy: 5n, ends: [nasty] })
  expect(listed.where).not.toContain("x'")
  expect(listed.params).toEqual({ taken_by: '5', end_partitions: ["x'/2"], end_offsets: [7n] })
})
