import { expect, test } from 'vitest'
import { splitJson } from '../../../service/http/ingest/split-json.ts'

function partsOf(text: string): string[] {
  return splitJson(Buffer.from(text)).parts.map(String)
}

test('finds the items of an array, whatever stands in them', () => {
  const items = ['{"a":"]},[\\"{"}', '[1,[2]]', '7', '"x\\\\"', 'null', '{"b":{}}']
  expect(partsOf(`\n[ ${items.join(' ,\t')} ] `)).toEqual(items)
  expect(splitJson(Buffer.from('[]'))).toEqual({ isArray: true, parts: [] })
})

test('finds values that stand one after another', () => {
  expect(partsOf('{"a":1}{"b":"}"}\n {"c":[1]} ')).toEqual(['{"a":1}', '{"b":"}"}', '{"c":[1]}'])
  expect(splitJson(Buffer.from(' ')).parts).toEqual([])
})

test('ends with the text where a value does not, and gets past what no value begins with', () => {
  expect(partsOf('{"a":"\\')).toEqual(['{"a":"\\'])
  expect(partsOf('}],')).toEqual(['}', ']', ','])
})

test.each(['[1', '[1,', '[1,]', '[,1]', '[1 2]', '[1]]', '[1] 2', '['])('refuses %j', (text) => {
  expect(() => partsOf(text)).toThrow(/^body: /)
})

test('takes deep nesting without a deep stack', () => {
  const deep = '['.repeat(500_000)
  expect(() => partsOf(deep)).toThrow('ends within the array')
  expect(partsOf(`{"a":${deep}`)).toHaveLength(1)
})
