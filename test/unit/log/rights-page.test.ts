import { expect, test } from 'vitest'
import { rightsPage } from '../../../build/generate-rights.ts'

test('docs/rights.md lists the rights of each role as they are (npm run rights:generate writes them)', () => {
  const { text, wanted } = rightsPage()
  expect(text).toBe(wanted)
})
