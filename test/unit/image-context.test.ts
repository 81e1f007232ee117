import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
/** What an image is not built from. */
const LEFT_OUT = new Set(['bench', 'dist', 'docs', 'examples', 'node_modules', 'stack', 'test'])

test('the image is built from every folder of sources, and from nothing that is not there', async () => {
  const lines = (await readFile(new URL('.dockerignore', ROOT), 'utf8')).split('\n')
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
  const entries = await readdir(ROOT, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  expect(allowed).toEqual(expect.arrayContaining(folders.filter((name) => !LEFT_OUT.has(name))))
  expect(allowed.filter((name) => !entries.some((entry) => entry.name === name))).toEqual([])
})
