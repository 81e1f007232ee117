import { ExperienceError } from '../../../base/experience-error.ts'
import { fieldPath } from '../../json/field-path.ts'

/** A value that its Avro schema allows and the contract does not. Each level that it passes puts its name before the path. */
export class ContractFault extends Error {
  readonly path: PropertyKey[] = []

  get field(): string {
    return fieldPath(this.path)
  }

  /** The same as callers see it: `InvalidQuery` with the field, worded as for JSON. */
  asExperienceError(): ExperienceError {
    const { field } = this
    return new ExperienceError('InvalidQuery', `${field}: ${this.message}`, { field })
  }
}

/** A kind of event, a variant or an enum's word that the writer's schema has and the present contract has not. */
export class UnknownWord extends ContractFault {
  constructor(word: string) {
    super(`this release does not know ${word}`)
  }
}

/** Puts a name before the path of a fault on its way up; other errors pass as they are. */
export function faultAt(name: PropertyKey, error: unknown): unknown {
  if (error instanceof ContractFault) error.path.unshift(name)
  return error
}
