import { expect } from 'vitest'
import type { CommandOutcome } from './run-command.ts'

/** Nothing that a user sees shows where in the code it happened. */
export function expectNoStackTrace({ stdout, stderr }: CommandOutcome): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^ +at |node:internal|\.ts:\d+|Warning:/m)
}

export function expectFailure(failed: CommandOutcome, exitCode: number, message: RegExp): void {
  expectNoStackTrace(failed)
  expect(failed.stderr).toMatch(message)
  expect(failed).toMatchObject({ exitCode, stdout: '' })
}
