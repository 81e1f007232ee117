import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { ReaderGone, tell, write } from '../../../service/cli/terminal/write.ts'

/** A stream without room, whose writes end as it is told. */
function slowStream(end: (done: (error?: Error) => void) => void): Writable {
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => end(done) })
  return stream.on('error', () => {})
}

test('waits while the reader is slow', async () => {
  let done: (() => void) | undefined
  const stream = slowStream((end) => (done = end))
  let isWritten = false
  const writing = write(stream, 'text').then(() => (isWritten = true))
  await new Promise(setImmediate)
  expect(isWritten).toBe(false)
  done?.()
  await writing
})

test('does not wait where there is room', async () => {
  const stream = new Writable({ write: () => {} })
  await write(stream, 'text')
})

test('tells a reader that has gone from a fault, at every write', async () => {
  const gone = slowStream((end) => end(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })))
  await expect(write(gone, 'text')).rejects.toBeInstanceOf(ReaderGone)
  const full = slowStream((end) => end(Object.assign(new Error('full'), { code: 'ENOSPC' })))
  await expect(write(full, 'text')).rejects.toMatchObject({ code: 'ENOSPC' })
  await expect(write(full, 'text')).rejects.toThrow()
})

test('what nobody reads on standard error is lost', async () => {
  await tell(
    slowStream((end) => end(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))),
    'text',
  )
})
