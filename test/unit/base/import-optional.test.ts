import { expect, test } from 'vitest'
import { importOptional } from '../../../base/import-optional.ts'

test('says what to install when the optional package is missing', async () => {
  await expect(importOptional('not-installed' as 'lmdb', 'npm install it')).rejects.toMatchObject({
    code: 'Unavailable',
    retryable: false,
    message: 'npm install it',
    cause: { code: 'ERR_MODULE_NOT_FOUND' },
  })
})
