// Completes package-lock.json, or with --check ends with exit code 1 where it is not complete.
//
// npm writes only those optional packages into the lock file that the registry served while it was made, and `npm ci` then refuses
// it on every platform: "Missing: @chdb/lib-darwin-arm64 from lock file" (npm/cli#4828). An entry that names version and platform
// suffices; its checksum is left to the registry of the machine that installs it.

import { readFileSync, writeFileSync } from 'node:fs'

const FILE = new URL('../package-lock.json', import.meta.url)
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']
const LIBRARIES = { gnu: 'glibc', musl: 'musl' }

const lock = JSON.parse(readFileSync(FILE, 'utf8'))

/** Where node looks for a package that another one at `path` needs. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true
    if (folder === '') return false
  }
}

/** By the package's name, as everybody names them: `@chdb/lib-linux-arm64-gnu`. */
function entryOf(name, version) {
  if (!/^\d/.test(version))
    throw new Error(`${name}: ${version} is a range, so that its version has to be chosen by hand`)
  const words = name.split(/[-/]/)
  const pick = (known) => words.filter((word) => known.includes(word))
  const libraries = pick(Object.keys(LIBRARIES)).map((word) => LIBRARIES[word])
  const [os, cpu] = [pick(SYSTEMS), pick(PROCESSORS)]
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name}: its name tells no platform`)
  return { version, cpu, ...(libraries.length > 0 ? { libc: libraries } : {}), optional: true, os }
}

const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies).filter(([name]) => !isLocked(path, name)),
)
const addresses = Object.entries(lock.packages).filter(([, { resolved }]) => /^https?:/.test(resolved ?? ''))

if (process.argv.includes('--check')) {
  for (const [name, version] of missing) console.error(`package-lock.json lacks ${name} ${version}`)
  for (const [path] of addresses) console.error(`package-lock.json holds a download address: ${path}`)
  if (missing.length + addresses.length > 0) {
    console.error('"npm run lock:complete" mends it')
    process.exitCode = 1
  }
} else {
  for (const [name, version] of missing) lock.packages[`node_modules/${name}`] = entryOf(name, version)
  for (const [, entry] of addresses) delete entry.resolved
  const sorted = Object.entries(lock.packages).toSorted(([left], [right]) => (left < right ? -1 : 1))
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`added ${missing.length}, removed ${addresses.length} download addresses`)
}
