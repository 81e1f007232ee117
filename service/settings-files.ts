import { readFileSync } from 'node:fs'

export type GivenSettings = Readonly<Record<string, string | undefined>>

/**
 * The settings that are given, by the names that there are: an empty variable counts as none, which is how compose files and shells
 * unset. `NAME_FILE` names a file that holds the value of NAME, as Docker and Kubernetes hand over secrets; what it holds is in no fault.
 */
export function settingsWithFiles(
  environment: GivenSettings,
  names: readonly string[],
): { readonly given: GivenSettings; readonly faults: readonly string[] } {
  const given: Record<string, string> = {}
  const faults: string[] = []
  for (const name of names) {
    const value = environment[name] ?? ''
    const variable = `${name}_FILE`
    const path = environment[variable] ?? ''
    if (value !== '') given[name] = value
    if (path === '') continue
    if (value !== '') faults.push(`${variable}: not together with ${name}`)
    const content = contentOf(path)
    if (typeof content !== 'string') faults.push(`${variable}: cannot be read (${content.fault})`)
    else if (content === '') faults.push(`${variable}: the file is empty`)
    else given[name] = content
  }
  return { given, faults }
}

/** A file's text without the newline at its end. */
function contentOf(path: string): string | { readonly fault: string } {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    return { fault: (error as NodeJS.ErrnoException).code ?? 'it is no text' }
  }
}
