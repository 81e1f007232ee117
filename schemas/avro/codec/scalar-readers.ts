import { JsonText } from '../../contract/json-text.ts'
import { U32_MAX } from '../../contract/scalars.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { mustBeOneOf, mustBeUnsigned, NOT_A_HASH, ofKey } from '../../fault-text.ts'
import { ContractFault, UnknownWord } from './contract-fault.ts'

/** Reads the values of which Avro allows more than the contract does. */
export interface ScalarReaders {
  readonly hash: (text: string) => string
  readonly u32: (value: bigint) => number | bigint
  /** From the 64 bits, as an unsigned number. */
  readonly u64: (value: bigint) => bigint
  readonly json: (text: string) => JsonText | null
  /** The word of an enum, which may be one of another release. */
  readonly word: (word: string, words: readonly string[]) => string
  /** The keys of a map that is limited to some words. */
  readonly key: (key: string, words: readonly string[]) => void
}

/** What changes nothing. Mappings are compared with it: what is as it is to be is not gone through. */
export function asItIs<Value>(value: Value): Value {
  return value
}

/** By the contract, of a writer whose `long`s carry unsigned bits, as ours do. Error: `ContractFault`. */
export const BY_CONTRACT: ScalarReaders = {
  hash: (text) => {
    if (/^[0-9a-f]{64}$/.test(text)) return text
    if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase()
    throw new ContractFault(NOT_A_HASH)
  },
  u32: (value) => {
    if (value > U32_MAX) throw new ContractFault(mustBeUnsigned(32))
    return Number(value)
  },
  u64: asItIs,
  json: (text) => {
    try {
      return JsonText.payload(text)
    } catch (error) {
      if (!(error instanceof ExperienceError)) throw error
      throw new ContractFault(`must be JSON text: ${error.message}`)
    }
  },
  word: (word, words) => {
    if (!words.includes(word)) throw new UnknownWord(word)
    return word
  },
  key: (key, words) => {
    if (!words.includes(key)) throw new ContractFault(ofKey(mustBeOneOf(words)))
  },
}

/** By the contract, of a writer whose `long`s are signed, as Avro has them. Error: `ContractFault`. */
export const BY_CONTRACT_SIGNED: ScalarReaders = {
  ...BY_CONTRACT,
  u64: (value) => {
    const written = BigInt.asIntN(64, value)
    if (written < 0n) throw new ContractFault(`${mustBeUnsigned(64)}, and is ${written}`)
    return value
  },
}

/** As they are, to be shown to somebody who will correct them. */
export const AS_WRITTEN: ScalarReaders = {
  hash: (text) => text,
  // A 32-bit integer out of its range is most often a negative one.
  u32: (value) => BigInt.asIntN(64, value),
  u64: asItIs,
  json: (text) => {
    try {
      return JsonText.payload(text)
    } catch {
      return JsonText.from(text)
    }
  },
  word: (word) => word,
  key: () => {},
}

/** The same, of a writer whose `long`s are signed. */
export const AS_WRITTEN_SIGNED: ScalarReaders = { ...AS_WRITTEN, u64: (value) => BigInt.asIntN(64, value) }
