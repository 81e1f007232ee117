import { expect, test } from 'vitest'
import { committedSettings, settingsDoc, settingsType } from '../../../build/generate-settings.ts'

test('docs/settings.md lists the settings as they are (npm run settings:generate writes it)', () => {
  expect(committedSettings().doc).toBe(settingsDoc())
})

test('the type of the settings says what the schema says (npm run settings:generate writes it)', async () => {
  expect(committedSettings().type).toBe(await settingsType())
})
