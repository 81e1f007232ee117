import { expect, test } from 'vitest'
import { releaseFault } from '../../../../projections/sql-door/oldest-release.ts'

test.each([
  '26.3.22.6',
  '26.3.30.1',
  '26.5.8.18',
  '26.6.4.10',
  '26.7.6.5',
  '26.7.10.1-testing',
  '26.8.1.1',
  '27.1.1.1',
])('%s is a wall', (release) => expect(releaseFault(release)).toBeNull())

test.each([
  '26.3.22.5',
  '26.3.21.99',
  '26.4.99.99',
  '26.5.8.17',
  '26.6.3.53',
  '26.7.2.1',
  '25.8.34.10',
  '24.3.1.1',
  '26.7',
  '',
  'x',
])('%j is none', (release) => expect(releaseFault(release)).toContain('26.7.6.5'))
