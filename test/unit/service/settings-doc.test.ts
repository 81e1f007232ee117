import { expect, test } from 'vitest'
import { committedSettingsDoc, settingsDoc } from '../../../build/write-settings-doc.ts'

test('docs/settings.md lists the settings as they are (npm run docs:settings writes it)', () => {
  expect(committedSettingsDoc()).toBe(settingsDoc())
})
