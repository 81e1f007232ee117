import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteText } from '../../../../base/quote-sql.ts'
import { quoteName } from '../../../../queries/sql/print/quote-name.ts'
import { SqlRefused } from '../../../../queries/sql/sql-fault.ts'
import { tokensOf } from '../../../../queries/sql/read/tokens.ts'

function shown(text: string): string[] {
  return tokensOf(text).map(({ kind, text: part }) => (kind === 'string' ? `'${part}'` : part))
}

function refusedAt(text: string): number {
  try {
    tokensOf(text)
  } catch (error) {
    if (error instanceof SqlRefused) return error.fault.at
    throw error
  }
  throw new Error(`not refused: ${text}`)
}

describe('parts of a statement', () => {
  test('comments of every kind are blanks', () => {
    expect(shown('a--b\n/* c /* d */e #!f\ng # h')).toEqual(['a', 'e', 'g', ''])
  })

  test('a comment or text that does not end is refused where it begins', () => {
    expect(refusedAt('a /* b')).toBe(2)
    expect(refusedAt("ab 'c")).toBe(3)
    expect(refusedAt('a $x$ b')).toBe(2)
    expect(refusedAt('`a')).toBe(0)
  })

  test('texts stand for what the engine reads: escapes, doubled quotes, heredocs', () => {
    expect(shown(String.raw`'a\'b' 'c''d' '\x41\n\t\\' '\%' $x$e'f$x$ $$g$$`)).toEqual([
      "'a'b'",
      "'c'd'",
      "'A\n\t\\'",
      String.raw`'\%'`,
      "'e'f'",
      "'g'",
      '',
    ])
  })

  test('numbers of every form, and members of tuples', () => {
    expect(shown('1 1.5 .5 1e-3 0xFF 0b101 1_000 t.1.2')).toEqual([
      '1',
      '1.5',
      '.5',
      '1e-3',
      '0xFF',
      '0b101',
      '1_000',
      't',
      '.',
      '1',
      '.',
      '2',
      '',
    ])
  })

  test('what means nothing is refused: NUL, other blanks, half a number', () => {
    for (const text of ['a\0', 'a\u00a0b', 'a\ufeff', '1abc', '0x', '“a”', 'a @ b', '\\'])
      expect(() => tokensOf(text)).toThrow(SqlRefused)
  })

  test('any text and any name comes back from how it is printed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const [part, end] = tokensOf(quoteText(text))
        expect([part?.kind, part?.text, end?.kind]).toEqual(['string', text, 'end'])
        if (text === '') return
        const [name, after] = tokensOf(quoteName(text))
        expect([name?.kind, name?.text, after?.kind]).toEqual(['quoted-name', text, 'end'])
      }),
    )
  })
})
