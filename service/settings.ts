import type { z } from 'zod'
import { ExperienceError } from '../base/experience-error.ts'
import { wordIssue } from '../schemas/contract/word-issue.ts'
import { combinationFaults } from './settings-combinations.ts'
import { settingsWithFiles } from './settings-files.ts'
import { SettingsSchema } from './settings-schema.ts'
import type { Settings } from './settings-type.ts'
import { tlsFaults } from './tls-settings.ts'

export type { Settings } from './settings-type.ts'

/**
 * Reads the settings from environment variables, such as `process.env`, and from the files that those named `…_FILE` name. Error:
 * `InvalidSettings`, with one line for each fault.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const { given, faults: fileFaults } = settingsWithFiles(environment, Object.keys(SettingsSchema.shape))
  const result = SettingsSchema.safeParse(given, { error: wordIssue })
  const faults = [
    ...fileFaults,
    ...(result.error?.issues.map(faultOf) ?? []),
    ...combinationFaults(given),
    ...(result.success ? tlsFaults(result.data) : []),
  ]
  if (!result.success || faults.length > 0) throw new ExperienceError('InvalidSettings', faults.join('\n'))
  return result.data
}

function faultOf(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`
}
