import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { randomGroup, randomPrefix, readTopics, request, textOf, textsOf } from './event-log-fixture.ts'
import { RecordingConsumer, until } from '../group-consumer/group-consumer-fixture.ts'
import { createLmdbFixture, type LmdbFixture } from './lmdb-fixture.ts'
import type { LmdbPeerCommand, LmdbPeerReport } from './lmdb-peer.ts'

/** Another process on the same directory. */
class Peer {
  readonly reports: LmdbPeerReport[] = []
  readonly child: ChildProcess

  constructor(directory: string) {
    const file = fileURLToPath(new URL('lmdb-peer.ts', import.meta.url))
    this.child = fork(file, [directory], { execArgv: ['--import', 'tsx'] })
    this.child.on('message', (report) => this.reports.push(report as LmdbPeerReport))
  }

  tell(command: LmdbPeerCommand): void {
    this.child.send(command)
  }

  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exited = once(this.child, 'exit')
    this.child.kill(signal)
    await exited
  }
}

describe('LMDB, shared by processes', () => {
  let fixture: LmdbFixture
  const logs: EventLog[] = []
  const peers: Peer[] = []
  const open = async (leaseMs = 10_000): Promise<EventLog> => {
    const log = await fixture.open({ leaseMs })
    logs.push(log)
    return log
  }
  const peer = async (): Promise<Peer> => {
    const other = new Peer(fixture.directory)
    peers.push(other)
    await until(() => other.reports.some(({ kind }) => kind === 'ready'))
    return other
  }

  beforeAll(async () => {
    fixture = await createLmdbFixture()
  })
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((each) => each.end()))
    await Promise.all(logs.splice(0).map((each) => each.close()))
  })
  afterAll(() => fixture.dispose())

  test('answers right while two processes append to the same partition', async () => {
    const log = await open()
    const topic = `${randomPrefix()}a`
    const other = await peer()
    other.tell({ kind: 'append', topic, count: 500 })
    const own = []
    for (let index = 0; index < 500; index++) {
      const sent = request(topic, 'key', `own ${index}`)
      const [position] = await log.append([sent])
      own.push({ offset: position!.offset, text: textOf(sent.record) })
    }
    await until(() => other.reports.some(({ kind }) => kind === 'appended'))
    const stored = await readTopics(log, [topic])
    expect(stored.map((record) => record.offset)).toEqual(Array.from({ length: 1000 }, (_, index) => offset(index)))
    for (const { offset: at, text } of own) expect(textOf(stored[Number(at)]!)).toBe(text)
    const theirs = other.reports.flatMap((report) => (report.kind === 'appended' ? report.positions : []))
    expect(theirs).toHaveLength(500)
    for (const { at, text } of theirs) expect(textOf(stored[at]!)).toBe(text)
  })

  test('wakes a consumer for what another process appends, in topics of any age', async () => {
    const log = await open()
    const prefix = randomPrefix()
    await log.append([request(`${prefix}a`, 'key', 'own')])
    const consumer = new RecordingConsumer(log, randomGroup(), prefix)
    await consumer.has(1)
    const other = await peer()
    other.tell({ kind: 'append', topic: `${prefix}a`, count: 10 })
    await consumer.has(11)
    other.tell({ kind: 'append', topic: `${prefix}b`, count: 10 })
    await consumer.has(21)
    await consumer.stop()
  })

  test('keeps what was answered for when the process is killed', async () => {
    const log = await open()
    const topic = `${randomPrefix()}a`
    const other = await peer()
    other.tell({ kind: 'append', topic, count: 100_000 })
    await until(async () => ((await log.offsets([topic]))[0]?.next ?? 0n) > 200n)
    const answered = (await log.offsets([topic]))[0]!.next
    await other.end()
    // A commit that the kill cut short may show only with the next one, which this is.
    const [position] = await log.append([request(topic, 'key', 'after')])
    const texts = textsOf(await readTopics(log, [topic]))
    expect(texts.length).toBeGreaterThan(Number(answered))
    expect(texts).toEqual([...texts.slice(0, -1).map((_, index) => `theirs ${index}`), 'after'])
    expect(position?.offset).toBe(BigInt(texts.length - 1))
  })

  test('replaces an owner that was killed, at once', async () => {
    const log = await open(60_000)
    const prefix = randomPrefix()
    const group = randomGroup()
    await log.append([request(`${prefix}a`, 'key', '1')])
    const other = await peer()
    other.tell({ kind: 'consume', group, topicPrefix: prefix, leaseMs: 60_000, hold: true })
    await until(() => other.reports.some(({ kind }) => kind === 'handling'))
    const consumer = new RecordingConsumer(log, group, prefix)
    await other.end()
    await consumer.has(1)
    await consumer.stop()
    expect(consumer.texts).toEqual(['1'])
  })

  test('replaces an owner that hangs when its lease is over, and fences what it does after that', async () => {
    const leaseMs = 1000
    const log = await open(leaseMs)
    const prefix = randomPrefix()
    const group = randomGroup()
    const topic = `${prefix}a`
    await log.append([request(topic, 'key', '1')])
    const other = await peer()
    other.tell({ kind: 'consume', group, topicPrefix: prefix, leaseMs, hold: true })
    await until(() => other.reports.some(({ kind }) => kind === 'handling'))
    const consumer = new RecordingConsumer(log, group, prefix)
    other.child.kill('SIGSTOP')
    await consumer.has(1)
    other.child.kill('SIGCONT')
    other.tell({ kind: 'let-go' })
    await until(() => other.reports.some(({ kind }) => kind === 'committed'))
    expect(other.reports.find(({ kind }) => kind === 'committed')).toEqual({ kind: 'committed', outcome: 'fenced' })
    await consumer.stop()
    expect(await log.committed(group, [topic])).toEqual([
      { topic, partition: 0, offset: offset(1), metadata: 'up to 1' },
    ])
  })

  test('fences what another process commits for a topic that was deleted, and lets it read the new one', async () => {
    const log = await open()
    const prefix = randomPrefix()
    const group = randomGroup()
    const topic = `${prefix}a`
    await log.append([request(topic, 'key', '1'), request(topic, 'key', '2')])
    const other = await peer()
    other.tell({ kind: 'consume', group, topicPrefix: prefix, leaseMs: 10_000, hold: true })
    await until(() => other.reports.some(({ kind }) => kind === 'handling'))
    await log.deleteTopics([topic])
    await log.append([request(topic, 'key', 'new')])
    other.tell({ kind: 'let-go' })
    const outcomes = () => other.reports.flatMap((each) => (each.kind === 'committed' ? [each.outcome] : []))
    await until(() => outcomes().length === 2)
    expect(outcomes()).toEqual(['fenced', 'committed'])
    expect(await log.committed(group, [topic])).toEqual([
      { topic, partition: 0, offset: offset(1), metadata: 'theirs' },
    ])
  })

  test('lets another process that wrote to a topic before its deletion begin it anew', async () => {
    const log = await open()
    const topic = `${randomPrefix()}a`
    const other = await peer()
    const appended = () => other.reports.flatMap((each) => (each.kind === 'appended' ? [each.positions] : []))
    other.tell({ kind: 'append', topic, count: 3 })
    await until(() => appended().length === 1)
    await log.deleteTopics([topic])
    other.tell({ kind: 'append', topic, count: 2 })
    await until(() => appended().length === 2)
    expect(appended()[1]?.map(({ at }) => at)).toEqual([0, 1])
    expect(textsOf(await readTopics(log, [topic]))).toEqual(['theirs 0', 'theirs 1'])
  })

  test('does not count an owner that was killed, and lets its group be started and deleted', async () => {
    const log = await open(60_000)
    const prefix = randomPrefix()
    const group = randomGroup()
    const topic = `${prefix}a`
    await log.append([request(topic, 'key', '1'), request(topic, 'key', '2')])
    const other = await peer()
    other.tell({ kind: 'consume', group, topicPrefix: prefix, leaseMs: 60_000, hold: true })
    await until(() => other.reports.some(({ kind }) => kind === 'handling'))
    expect(await log.groupMembers(group)).toBe(1)
    await other.end()
    expect(await log.groupMembers(group)).toBe(0)
    const started = { topic, partition: 0, offset: offset(1), metadata: '' }
    await log.startGroup(group, [started])
    expect(await log.committed(group, [topic])).toEqual([started])
    await log.deleteGroup(group)
    expect(await log.committed(group, [topic])).toEqual([])
  })

  test('misses an owner that hangs once its lease is over, when its group is deleted or asked about again', async () => {
    const leaseMs = 1000
    const log = await open(leaseMs)
    const prefix = randomPrefix()
    const group = randomGroup()
    await log.append([request(`${prefix}a`, 'key', '1')])
    const other = await peer()
    other.tell({ kind: 'consume', group, topicPrefix: prefix, leaseMs, hold: true })
    await until(() => other.reports.some(({ kind }) => kind === 'handling'))
    await expect(log.deleteGroup(group)).rejects.toMatchObject({ code: 'StorageError' })
    other.child.kill('SIGSTOP')
    expect(await log.groupMembers(group)).toBe(1)
    await until(async () => (await log.groupMembers(group)) === 0)
    await (await open(leaseMs)).deleteGroup(group)
    expect(await log.groupMembers(group)).toBe(0)
  })
})
