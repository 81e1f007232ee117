import { expect, test } from 'vitest'
import type { SubjectDescription } from '../../../../log/schema-registry.ts'
import { bytesText } from '../../../../operations/doctor/finding.ts'
import { nodeFinding } from '../../../../operations/doctor/machine-findings.ts'
import { registryFindings } from '../../../../operations/doctor/registry-findings.ts'

test.each([
  ['20.19.0', 'fine'],
  ['20.18.9', 'warning'],
  ['20.20.2', 'fine'],
  ['21.7.3', 'warning'],
  ['22.12.0', 'fine'],
  ['22.3.0', 'warning'],
  ['23.11.0', 'warning'],
  ['24.0.0', 'fine'],
  ['26.1.0', 'fine'],
  ['18.20.8', 'warning'],
])('Node %s is %s', (version, severity) => {
  expect(nodeFinding(version, '^20.19.0 || ^22.12.0 || >=24.0.0').severity).toBe(severity)
})

test('bytes are told as people read them', () => {
  expect([0, 1, 1023, 1024, 12_345_678, 3 * 2 ** 40].map(bytesText)).toEqual([
    '0 bytes',
    '1 bytes',
    '1023 bytes',
    '1.0 KiB',
    '11.8 MiB',
    '3.0 TiB',
  ])
})

test.each([
  [{ isRegistered: false, versions: 0, compatibility: null }, ['fine']],
  [{ isRegistered: true, versions: 2, compatibility: 'FULL_TRANSITIVE' }, ['fine']],
  [{ isRegistered: false, versions: 1, compatibility: 'FULL_TRANSITIVE' }, ['note']],
  [{ isRegistered: true, versions: 1, compatibility: 'NONE' }, ['fine', 'warning']],
  [{ isRegistered: true, versions: 1, compatibility: null }, ['fine', 'warning']],
])('a registry that says %j is %j', async (described: SubjectDescription, severities) => {
  const found = await registryFindings({ describe: async () => described }, 'subject', '"string"')
  expect(found.map(({ severity }) => severity)).toEqual(severities)
  expect(found.every(({ severity, next }) => severity === 'fine' || next !== null)).toBe(true)
})
