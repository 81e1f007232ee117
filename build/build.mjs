// Builds the package into dist/: its types file by file, its code in few files, since reading hundreds of modules takes longer than
// most commands do their work.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { keepPublicTypes, writeCommonJsTypes } from './public-types.mjs'

// What was built from files that are no more would be packed, too.
rmSync('dist', { recursive: true, force: true })
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json'], { stdio: 'inherit' })

await build({
  entryPoints: ['index.ts', 'client/index.ts', 'service/cli/main.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  // What is imported when it is needed stays in files of its own.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
})
cpSync('service/cli/bin.cjs', 'dist/service/cli/bin.cjs')
chmodSync('dist/service/cli/bin.cjs', 0o755)

keepPublicTypes('dist', ['index.d.ts', 'client/index.d.ts'])
for (const index of ['dist/index', 'dist/client/index']) await writeCommonJsTypes(`${index}.js`, `${index}.d.cts`)
