import type { LoggedOperation } from './operation.ts'

/** An operation as people see it: of a key that was created, without the hash, which is of use to nobody who reads. */
export function shownOperation(logged: LoggedOperation): object {
  const { operation } = logged
  if (operation.type !== 'KeyCreated') return logged
  const { hash: _hash, ...shown } = operation
  return { ...logged, operation: shown }
}
