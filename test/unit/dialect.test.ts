import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

// The dialect of docs/style.md that the linter has no rule for. Prettier's format makes a line enough to tell.
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDERS = [
  'base',
  'schemas',
  'log',
  'producers',
  'projections',
  'consumers',
  'queries',
  'operations',
  'service',
  'stack',
  'bench',
  'test',
]

/** An arrow function without a declared type of its own; with one, as for a callback of a table, it may stand. */
const ARROW = /^(export )?const \w+ = (async )?(<.*)?\((?!async).*(=>|[({,<]$)/
const PRIVATE = /^ {2,}private (?!constructor\()/

const files = FOLDERS.flatMap((folder) =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('target') && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`),
)

function linesThat(pattern: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(`${ROOT}${file}`, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line}`),
  )
}

describe('one dialect', () => {
  test('functions of a module are declarations', () => {
    expect(files.length).toBeGreaterThan(500)
    expect(linesThat(ARROW)).toEqual([])
  })

  test('private members are private at run time too', () => {
    expect(linesThat(PRIVATE)).toEqual([])
  })
})
