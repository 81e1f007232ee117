import { expect, test } from 'vitest'
import { jsonLine } from '../../../schemas/json/json-line.ts'

test('prints what JSON.stringify prints', () => {
  for (const value of [
    null,
    true,
    1.5,
    '',
    'quote " \n \u2028 \u{1F680}',
    [],
    {},
    [1, ['a', null]],
    { a: { 'b"': [] } },
  ]) {
    expect(jsonLine(value)).toBe(JSON.stringify(value))
  }
})

test('prints bigints as bare integers, at any depth', () => {
  expect(jsonLine({ a: 2n ** 64n - 1n, b: [-1n, { c: 0n }] })).toBe('{"a":18446744073709551615,"b":[-1,{"c":0}]}')
})

test('leaves undefined members out', () => {
  expect(jsonLine({ a: undefined, b: null })).toBe('{"b":null}')
})

test('prints one line', () => {
  expect(jsonLine({ 'a\nb': 'c\r\nd' })).not.toMatch(/[\r\n]/)
})
