import { expect, test } from 'vitest'
import { Permits } from '../../../../base/permits.ts'
import { EnvelopeDecoders } from '../../../../consumers/envelope-decoders.ts'
import { LiveReader } from '../../../../consumers/live/live-reader.ts'
import { LiveScope } from '../../../../consumers/live/live-scope.ts'
import { findStart } from '../../../../consumers/subscription/find-start.ts'
import { offset } from '../../../../base/position.ts'
import { readSettings } from '../../../../service/settings.ts'
import { openLog } from '../../../../service/wiring/open-log.ts'
import { temporaryDirectory } from '../../../temporary-directory.ts'

test('a reader whose turn at the log has not come is idle in time, ends at once, and reads on when it comes', async () => {
  const directory = await temporaryDirectory()
  const opened = await openLog(readSettings({ EXPERIENCE_LOG_DATA: directory.path }))
  const { log, topics, registry } = opened
  const topic = topics.topic('events', 'acme')
  const record = { key: 'key', value: Buffer.from('no event'), headers: {}, timestamp: 1 }
  await log.append([1, 2, 3].map(() => ({ topic, record })))
  const [held] = await log.offsets([topic])
  const place = { topic, partition: 0, topicId: 'acme', from: held!.next, next: held!.next }
  const begin = async (permits: Permits): Promise<LiveReader> => {
    const start = await findStart({ log, topics }, { tenant: 'acme', from: 'beginning' }, false)
    const parts = { log, topics, decoders: new EnvelopeDecoders(registry), permits }
    return new LiveReader(new LiveScope([place]), start, [held!], parts, { wants: () => true, bufferBytes: 1 << 20 })
  }
  const permits = new Permits(1)
  let leave: () => void = () => {}
  const left = new Promise<void>((resolve) => (leave = resolve))
  const others = permits.run(() => left)

  const reader = await begin(permits)
  expect(await reader.next(20)).toBe('idle')
  expect(reader.progress.of(place)?.next).toBe(offset(0))
  const ended = await begin(permits)
  const next = ended.next(600_000)
  ended.end()
  expect(await next).toBe('ended')

  leave()
  await others
  for (const each of [1n, 2n, 3n])
    expect(await reader.next(60_000)).toMatchObject({ content: { position: { offset: each - 1n } } })
  expect(await reader.next(1)).toBe('idle')
  await opened.close()
  await directory.remove()
})
