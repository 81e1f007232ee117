import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Journal, readJournal } from '../../chaos/writing/journal.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

test('gives back what was acknowledged, over several processes', () => {
  const path = join(directory.path, 'journal')
  for (const index of [0, 1]) {
    const journal = new Journal(path)
    journal.write([{ index, position: `chaos.events.a/0/${index}` }])
    journal.close()
  }
  expect(readJournal(path)).toEqual([
    { index: 0, position: 'chaos.events.a/0/0' },
    { index: 1, position: 'chaos.events.a/0/1' },
  ])
})

test('leaves out a line that was cut off, since its end may be missing', () => {
  const path = join(directory.path, 'journal')
  appendFileSync(path, '0 chaos.events.a/0/0\n1 chaos.events.a/0/12')
  expect(readJournal(path).map(({ index }) => index)).toEqual([0])
})

test('keeps that a position was not told', () => {
  const path = join(directory.path, 'journal')
  const journal = new Journal(path)
  journal.write([{ index: 3, position: null }])
  journal.close()
  expect(readJournal(path)).toEqual([{ index: 3, position: null }])
})

test('is empty where none was written', () => {
  expect(readJournal(join(directory.path, 'none'))).toEqual([])
})
