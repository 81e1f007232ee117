// Compiles the package into dist/.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { keepPublicTypes, writeCommonJsTypes } from './public-types.mjs'

// What was compiled from files that are no more would be packed, too.
rmSync('dist', { recursive: true, force: true })
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json'], { stdio: 'inherit' })

// What the built modules read beside themselves.
cpSync('producers/recordings/converge-engine.ndjson', 'dist/producers/recordings/converge-engine.ndjson')
cpSync('base/import-by-name.mjs', 'dist/base/import-by-name.mjs')
chmodSync('dist/service/cli/bin.cjs', 0o755)

keepPublicTypes('dist', ['index.d.ts', 'client/index.d.ts'])
for (const index of ['dist/index', 'dist/client/index']) await writeCommonJsTypes(`${index}.js`, `${index}.d.cts`)
