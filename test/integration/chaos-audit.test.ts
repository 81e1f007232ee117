import { appendFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Service } from '../../service/wiring/service.ts'
import { audit, topicsOf, type Written } from '../chaos/audit/audit.ts'
import { Pace } from '../chaos/writing/pace.ts'
import { writeStream } from '../chaos/writing/write-stream.ts'
import { ServiceBench } from './service-bench.ts'
import { lmdb } from './service-place.ts'

const bench = new ServiceBench()
const SPEC = { seed: 11, events: 500, tenants: ['a', 'b', null] }

async function written(): Promise<{ service: Service; streams: Written[] }> {
  const service = await bench.open(bench.newEnvironment(lmdb))
  const journal = join(bench.place.directory, `journal-${randomBytes(4).toString('hex')}`)
  const producer = await service.openProducer()
  await writeStream(producer, { spec: SPEC, journal, pace: new Pace(1e9) })
  await producer.close()
  await service.catchUp()
  return { service, streams: [{ spec: SPEC, journal }] }
}

async function auditNow(service: Service, streams: readonly Written[]) {
  return audit(service, await service.log.log.offsets([...topicsOf(service, streams)]), streams)
}

async function change(service: Service, statement: (events: string) => string): Promise<void> {
  const { store, generation } = service.readModel
  await store.command({ sql: statement(store.table(generation.eventsTable)) })
}

describe('the audit of the chaos suite', () => {
  test('finds nothing where nothing is lost', async () => {
    const { service, streams } = await written()
    expect(await auditNow(service, streams)).toEqual({ acknowledged: 500, missing: 0, differences: [] })
  })

  test('finds a row that is gone', async () => {
    const { service, streams } = await written()
    await change(
      service,
      (events) => `ALTER TABLE ${events} DELETE WHERE offset = 7 AND tenant_id = 'a' SETTINGS mutations_sync = 2`,
    )
    const { missing, differences } = await auditNow(service, streams)
    expect(missing).toBe(1)
    expect(differences.join()).toContain('missing from the read model')
  })

  test('finds a row that is there twice', async () => {
    const { service, streams } = await written()
    await change(
      service,
      (events) => `INSERT INTO ${events} SELECT * FROM ${events} WHERE offset = 7 AND tenant_id = 'a'`,
    )
    const { missing, differences } = await auditNow(service, streams)
    expect(missing).toBe(0)
    expect(differences.join()).toContain('is 2 times in the read model')
  })

  test('finds an acknowledgement of what the log does not hold, and an event that nobody acknowledged', async () => {
    const { service, streams } = await written()
    const journal = streams[0]?.journal ?? ''
    appendFileSync(journal, '3 elsewhere/0/9\n')
    const longer = [{ spec: { ...SPEC, events: 501 }, journal }]
    const { missing, differences } = await auditNow(service, longer)
    expect(missing).toBe(1)
    expect(differences.join()).toContain('acknowledged at elsewhere/0/9')
    expect(differences.join()).toContain('event 500 of stream 11 was never acknowledged')
  })

  test('finds an event that was acknowledged without a position, and is not in the log', async () => {
    const { service, streams } = await written()
    const { journal } = streams[0]!
    const longer = [{ spec: { ...SPEC, events: 501 }, journal }]
    appendFileSync(journal, '3 -\n500 -\n')
    const { differences } = await auditNow(service, longer)
    expect(differences.join()).toContain('event 500 of stream 11, acknowledged over HTTP: the log lacks it')
    expect(differences.join()).not.toContain('event 3 ')
  })

  test('finds an event that nobody wrote', async () => {
    const { service, streams } = await written()
    const shorter = [{ ...streams[0]!, spec: { ...SPEC, events: 499 } }]
    expect((await auditNow(service, shorter)).differences.join()).toContain('that nobody wrote')
  })
})
