import { expect, test } from 'vitest'
import { TokenBucket } from '../../../service/http/ingest/token-bucket.ts'

test('lets a second’s worth pass at once, and is in debt for what goes beyond', () => {
  let now = 0
  const bucket = new TokenBucket(100, () => now)
  bucket.take(100)
  expect(bucket.debtMs).toBe(0)
  bucket.take(50)
  expect(bucket.debtMs).toBe(500)
  now += 400
  expect(bucket.debtMs).toBeCloseTo(100)
  now += 60_000
  bucket.take(101)
  expect(bucket.debtMs).toBeCloseTo(10)
})

test('of no limit nobody is in debt', () => {
  const bucket = new TokenBucket(0)
  bucket.take(1e12)
  expect(bucket.debtMs).toBe(0)
})
