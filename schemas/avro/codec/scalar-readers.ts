import { JsonText } from '../../contract/json-text.ts'
import { U32_MAX } from '../../contract/scalars.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { ContractFault, UnknownWord } from './contract-fault.ts'

/** Reads the values of which Avro allows more than the contract does. */
export interface ScalarReaders {
  readonly hash: (text: string) => string
  readonly u32: (value: bigint) => number | bigint
  readonly json: (text: string) => JsonText | null
  /** The word of an enum, which may be one of another release. */
  readonly word: (word: string, words: readonly string[]) => string
  /** The keys of a map that is limited to some words. */
  readonly key: (key: string, words: readonly string[]) => void
}

/** By the contract. Error: `ContractFault`. */
export const BY_CONTRACT: ScalarReaders = {
  hash: (text) => {
    if (/^[0-9a-f]{64}$/.test(text)) return text
    if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase()
    throw new ContractFault('must be exactly 64 hex digits')
  },
  u32: (value) => {
    if (value > U32_MAX) throw new ContractFault('must be an unsigned 32-bit integer')
    return Number(value)
  },
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
    if (!words.includes(key)) throw new ContractFault(`a key must be one of ${words.join(', ')}`)
  },
}

/** As they are, to be shown to somebody who will correct them. */
export const AS_WRITTEN: ScalarReaders = {
  hash: (text) => text,
  // A 32-bit integer out of its range is most often a negative one.
  u32: (value) => BigInt.asIntN(64, value),
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
