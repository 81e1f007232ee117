import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const LIMIT_BYTES = 130_000

test('the client is bundled for browsers without anything of Node, Kafka or ClickHouse, and stays small', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['client/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
  })
  const folders = new Set(
    Object.keys(metafile.inputs).map((path) => path.replace(/^(.*node_modules\/[^/]+|[^/]+).*/, '$1')),
  )
  expect([...folders].map((path) => path.replace(/.*node_modules\//, '')).toSorted()).toEqual([
    'base',
    'client',
    'schemas',
    'zod',
  ])
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(LIMIT_BYTES)
})
