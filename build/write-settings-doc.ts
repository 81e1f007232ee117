import { readFileSync, writeFileSync } from 'node:fs'
import { readSettings, Settings } from '../service/settings.ts'

const file = new URL('../docs/settings.md', import.meta.url)

/** The text that docs/settings.md must hold: every setting with its meaning and default, from the schema itself. */
export function settingsDoc(): string {
  const defaults = readSettings({}) as Readonly<Record<string, string | number | boolean | undefined>>
  const rows = Object.entries(Settings.shape).map(([name, setting]) => {
    const value = defaults[name]
    return `| \`${name}\` | ${value === undefined ? '' : `\`${String(value)}\``} | ${setting.description ?? ''} |`
  })
  return `# Settings

Environment variables; an empty one counts as not set. Wrong settings are all named at once, and the command ends with exit code 2.
\`--data DIR\` on the command line comes before \`EXPERIENCE_LOG_DATA\`. This page is made from the code: \`npm run docs:settings\`.

| setting | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`
}

/** What docs/settings.md holds now. */
export function committedSettingsDoc(): string {
  return readFileSync(file, 'utf8')
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, settingsDoc())
