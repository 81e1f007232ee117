import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ExperienceError, type ErrorCode } from '../../../base/experience-error.ts'

const retryableByDefault: Record<ErrorCode, boolean> = {
  InvalidQuery: false,
  NotFound: false,
  StorageError: false,
  Unavailable: true,
  Lagging: true,
  InvalidSettings: false,
  TopicHeld: false,
  TooManyDeadLetters: false,
  FormMismatch: false,
  Unauthorized: false,
  Forbidden: false,
  TooManyRequests: true,
  Interrupted: false,
}

test.each(Object.entries(retryableByDefault) as [ErrorCode, boolean][])(
  '%s is retryable by default: %s',
  (code, retryable) => {
    const error = new ExperienceError(code, 'what went wrong')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'ExperienceError', code, message: 'what went wrong', retryable })
    expect(error.field).toBeUndefined()
    expect('cause' in error).toBe(false)
  },
)

test('field, cause and retryable are those given', () => {
  const cause = new Error('below')
  const error = new ExperienceError('StorageError', 'm', { field: 'event.data', retryable: true, cause })
  expect(error).toMatchObject({ field: 'event.data', retryable: true, cause })
})

test('every code is documented', () => {
  const documented = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  for (const code of Object.keys(retryableByDefault)) expect(documented).toContain(`\n| \`${code}\` |`)
})
