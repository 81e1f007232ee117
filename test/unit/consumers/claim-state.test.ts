import { expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import { ClaimState } from '../../../consumers/claim-state.ts'
import type { RecordBatch, StoredRecord } from '../../../log/record.ts'

function record(at: number): StoredRecord {
  const value = new Uint8Array()
  return { topic: 't', partition: 0, offset: offset(at), key: '', value, headers: {}, timestamp: 0, sequence: 0 }
}

/** All the offsets of `[first, next)`. */
function batch(first: number, next: number): RecordBatch {
  const records = Array.from({ length: next - first }, (_, index) => record(first + index))
  return { topic: 't', partition: 0, first: offset(first), next: offset(next), records }
}

function stateOf(metadata: string, first = 0): ClaimState {
  return new ClaimState({ topic: 't', partition: 0, offset: offset(first), metadata }, offset(first))
}

function offsetsOf(range: RecordBatch | null) {
  return range === null ? null : [range.first, range.next, range.records.length]
}

test('takes batches as they come where nothing stands', () => {
  const state = stateOf('')
  expect(offsetsOf(state.begin(batch(0, 5), null))).toEqual([0n, 5n, 5])
  state.end(offset(5))
  expect(offsetsOf(state.begin(batch(5, 6), null))).toEqual([5n, 6n, 1])
})

test('waits for the whole of an announced range, and takes what comes beyond it', () => {
  const state = stateOf('batch:5:n')
  expect(state.begin(batch(0, 2), null)).toBeNull()
  expect(state.begin(batch(2, 4), null)).toBeNull()
  expect(offsetsOf(state.begin(batch(4, 7), null))).toEqual([0n, 7n, 7])
  // It failed, and comes again.
  expect(offsetsOf(state.begin(batch(4, 7), null))).toEqual([0n, 7n, 7])
  state.standing = null
  state.end(offset(7))
  expect(offsetsOf(state.begin(batch(7, 8), null))).toEqual([7n, 8n, 1])
})

test('takes an intent for done that ends where reading begins', () => {
  expect(stateOf('batch:5:n', 5).standing).toBeNull()
})

test('projects up to where a topic is held, and nothing from there on', () => {
  const state = stateOf('')
  expect(offsetsOf(state.begin(batch(0, 5), offset(3)))).toEqual([0n, 3n, 3])
  state.end(offset(3))
  // The same batch comes again.
  expect(() => state.begin(batch(0, 5), offset(3))).toThrow('held')
  expect(state.comesFurther(offset(3))).toBe(false)
  expect(state.comesFurther(offset(4))).toBe(true)
  expect(offsetsOf(state.begin(batch(0, 5), null))).toEqual([3n, 5n, 2])
})

test('does not divide an announced range where its topic is held', () => {
  const state = stateOf('batch:5:n')
  expect(() => state.begin(batch(0, 2), offset(4))).toThrow('held')
  expect(() => state.begin(batch(0, 7), offset(4))).toThrow('held')
  expect(state.comesFurther(offset(4))).toBe(false)
  expect(state.comesFurther(offset(5))).toBe(true)
  expect(offsetsOf(state.begin(batch(0, 7), offset(6)))).toEqual([0n, 6n, 6])
})
