import { readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { z } from 'zod'
import { SettingsSchema } from '../service/settings-schema.ts'
import { readSettings } from '../service/settings.ts'

const doc = new URL('../docs/settings.md', import.meta.url)
const type = new URL('../service/settings-type.ts', import.meta.url)

const defaults = readSettings({}) as unknown as Readonly<Record<string, string | number | boolean | undefined>>
const settings = Object.entries(SettingsSchema.shape).map(([name, { description = '' }]) => ({
  name,
  meaning: description,
  fallback: defaults[name],
}))

/** The text that docs/settings.md must hold: every setting with its meaning and default, from the schema itself. */
export function settingsDoc(): string {
  const rows = settings.map(
    ({ name, meaning, fallback }) =>
      `| \`${name}\` | ${fallback === undefined ? '' : `\`${String(fallback)}\``} | ${meaning} |`,
  )
  return `# Settings

Environment variables; an empty one counts as not set. Wrong settings are all named at once, and the command ends with exit code 2.
Any setting may be given as a file instead, as Docker and Kubernetes hand over secrets: \`NAME_FILE\` holds the path of the file that holds
the value of \`NAME\`, without the newline at its end. Settings and files are read when the process starts: after a change, such as that of
a certificate, start it anew ([TLS, tokens, secrets](security.md)). \`--data DIR\` on the command line comes before \`EXPERIENCE_LOG_DATA\`. This page is made from the code: \`npm run settings:generate\`.

| setting | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`
}

/** The text that service/settings-type.ts must hold: the type of the settings, with the same meanings. */
export async function settingsType(): Promise<string> {
  const schema = z.toJSONSchema(SettingsSchema, { io: 'output' })
  const members = settings.map(({ name, meaning, fallback }) => {
    const value = typeText(schema.properties?.[name])
    const member = fallback === undefined ? `${name}?: ${value} | undefined` : `${name}: ${value}`
    return `/** ${meaning}.${fallback === undefined ? '' : ` Default: ${String(fallback)}.`} */\n${member}`
  })
  const text = `// The type of settings-schema.ts, written by \`npm run settings:generate\`: change that, not this.

/** The settings as \`readSettings\` returns them. */
export interface Settings {
${members.join('\n\n')}
}
`
  return format(text, { parser: 'typescript', singleQuote: true, semi: false, printWidth: 120 })
}

function typeText(schema: z.core.JSONSchema._JSONSchema | undefined): string {
  if (typeof schema !== 'object') throw new TypeError('a setting needs a schema')
  if (schema.enum !== undefined) return schema.enum.map((word) => `'${String(word)}'`).join(' | ')
  if (schema.type === 'array') return `${typeText(schema.items as z.core.JSONSchema.JSONSchema)}[]`
  if (schema.type === 'string' || schema.type === 'number' || schema.type === 'boolean') return schema.type
  throw new TypeError(`no type for a setting of ${String(schema.type)}`)
}

/** What the two files hold now. */
export function committedSettings(): { readonly doc: string; readonly type: string } {
  return { doc: readFileSync(doc, 'utf8'), type: readFileSync(type, 'utf8') }
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(doc, settingsDoc())
  writeFileSync(type, await settingsType())
}
