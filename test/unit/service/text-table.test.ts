import { expect, test } from 'vitest'
import { textTable } from '../../../service/cli/terminal/text-table.ts'

test('says that there is nothing', () => {
  expect(textTable([])).toBe('(none)')
})

test('puts numbers to the right, text to the left, and nothing for null', () => {
  const rows = [
    { name: 'a', events: 1n, rate: 0.5, last: null },
    { name: 'longer', events: 1000n, rate: 1, last: 'x' },
  ]
  expect(textTable(rows)).toBe(
    [
      'name    events   rate  last',
      '──────  ──────  ─────  ────',
      'a            1  0.500',
      'longer    1000      1  x',
    ].join('\n'),
  )
})

test('takes its columns from the first row', () => {
  expect(textTable([{ a: 1 }, { a: 2, b: 3 }]).split('\n')[0]).toBe('a')
})

test('lets no control character through', () => {
  const table = textTable([{ text: 'a\u001B[31m\r\nb\u0085\u0000' }])
  expect(table.split('\n')).toHaveLength(3)
  expect(table).toContain('a·[31m··b··')
})

test('prints objects as JSON', () => {
  expect(textTable([{ kind: { Other: 'Prompt' }, numbers: [1n] }])).toContain('{"Other":"Prompt"}  [1]')
})
