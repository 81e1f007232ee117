import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Removes every declaration file in `folder` that cannot be reached from the indexes: nobody can import those. Throws where a public type
 * needs a package, since users' compilers would then check that package's types with their own settings.
 */
export function keepPublicTypes(folder, indexes) {
  const reachable = new Set()
  const waiting = indexes.map((index) => resolve(folder, index))
  for (const file of waiting) {
    if (reachable.has(file)) continue
    reachable.add(file)
    for (const name of importsOf(file)) {
      if (!name.startsWith('.'))
        throw new Error(`${file}: a public type needs the package ${name}; declare it in a file of its own`)
      waiting.push(join(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')))
    }
  }
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = resolve(folder, name)
    if (/\.d\.c?ts$/.test(name) && !reachable.has(file)) rmSync(file)
  }
}

function importsOf(file) {
  const text = readFileSync(file, 'utf8')
  return Array.from(text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g), ([, name]) => name)
}

/**
 * Writes the types for a CommonJS module that requires the library, which Node can do from 20.19 and 22.12 on although the library
 * is an ECMAScript module. TypeScript's `node16` takes no such module's declarations for it, except through these.
 */
export async function writeCommonJsTypes(library, file) {
  const exported = Object.entries(await import(pathToFileURL(library).href))
  const isClass = (value) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
  const lines = exported.flatMap(([name, value]) => [
    `export declare const ${name}: typeof library.${name}`,
    ...(isClass(value) ? [`export type ${name} = library.${name}`] : []),
  ])
  const mode = `with { 'resolution-mode': 'import' }`
  writeFileSync(
    file,
    `import type * as library from './index.js' ${mode}\nexport type * from './index.js' ${mode}\n${lines.join('\n')}\n`,
  )
}
