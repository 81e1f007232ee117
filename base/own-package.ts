import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** By its own name, which holds from source and from wherever a module was built into. */
const OWN_MANIFEST = 'experience-log/package.json'

/** What this package's package.json says. */
export function ownManifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  return createRequire(import.meta.url)(OWN_MANIFEST) as ReturnType<typeof ownManifest>
}

/** The path of a file of this package, by its path from the package's root. */
export function ownFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(OWN_MANIFEST)), path)
}
