import { expect, test } from 'vitest'
import { Conditions } from '../../../queries/conditions.ts'

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
