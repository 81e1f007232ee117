import { expect, test, vi } from 'vitest'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'

vi.mock('lmdb', () => {
  throw new Error("Cannot find package 'lmdb'")
})

test('says what to install when the optional package is missing', async () => {
  await expect(openLmdb('/nowhere')).rejects.toMatchObject({
    code: 'Unavailable',
    retryable: false,
    message: expect.stringContaining('npm install lmdb') as unknown,
  })
})
