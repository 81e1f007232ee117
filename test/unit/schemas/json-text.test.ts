import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonText, type JsonInput } from '../../../schemas/contract/json-text.ts'
import { ExperienceError } from '../../../base/experience-error.ts'

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

describe('parse', () => {
  test.each([
    [' { "b" : 1 , "a" : [ ] } ', '{"b":1,"a":[]}'],
    ['{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{"__proto__":1,"\\u005f_proto__":{"x":2},"":0}', '{"__proto__":{"x":2},"":0}'],
    ['[18446744073709551615,-9223372036854775808]', '[18446744073709551615,-9223372036854775808]'],
    ['[18446744073709551616,-9223372036854775809]', '[1.8446744073709552e+19,-9.223372036854776e+18]'],
    ['[1,1.0,1e2,-0,-0.0,0e0,1E-7,1e16]', '[1,1.0,100.0,-0.0,-0.0,0.0,1e-7,1e+16]'],
    [String.raw`"\u0041\/\u000b\u2028\ud83d\ude80"`, '"A/\\u000b\u2028\u{1F680}"'],
    [nested(123), nested(123)],
  ])('%s is kept as %s', (text, normal) => {
    expect(JsonText.parse(text).text).toBe(normal)
  })

  test.each(['', '{', '[1,]', '01', '1e400', '"\\ud800"', 'nul', '{"a":1}}', nested(124)])('%s is refused', (text) => {
    expect(() => JsonText.parse(text)).toThrow(ExperienceError)
  })

  test('normalised text stays as it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { text: normal } = JsonText.parse(text)
        expect(JsonText.parse(normal).text).toBe(normal)
        expect(JSON.parse(normal)).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('from', () => {
  test('prints what JSON.stringify prints, and floats as the reference does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JsonText.from(value as JsonInput).toValue()).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(JsonText.from({ b: 2n ** 64n - 1n, a: [0.5, 1, 1e21, -0, 1e-7] }).text).toBe(
      '{"b":18446744073709551615,"a":[0.5,1,1e+21,0,1e-7]}',
    )
  })

  test('a member that is undefined counts as absent', () => {
    expect(JsonText.from({ a: undefined, b: 1 } as never).text).toBe('{"b":1}')
  })

  test('keeps a key of its own that is called __proto__', () => {
    expect(JsonText.from(JSON.parse('{"__proto__":{"a":1}}') as JsonInput).text).toBe('{"__proto__":{"a":1}}')
  })

  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  test.each([
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a Date', new Date(0)],
    ['bytes', new Uint8Array(2)],
    ['a boxed number', Object(1)],
    ['an instance of a class', JsonText.parse('1')],
    ['a function', () => 1],
    ['undefined in an array', [undefined]],
    ['a symbol', Symbol('a')],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['a circle', circular],
  ])('%s is refused rather than lost', (_, value) => {
    expect(() => JsonText.from(value as never)).toThrow(ExperienceError)
  })
})

test('a payload of null is none', () => {
  expect(JsonText.payload(' null ')).toBeNull()
  expect(JsonText.payload('false')?.text).toBe('false')
})
