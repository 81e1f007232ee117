import { expect, test } from 'vitest'
import { openLog } from '../../../service/wiring/open-log.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { framed, logRecord } from '../dead-letters/bad-records.ts'
import { lmdb, settingsOf } from '../service-place.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()

test('what one tenant stopped the projector with is told to no other, nor to who has no key', async () => {
  const environment = bench.newEnvironment(lmdb)
  const log = await openLog(settingsOf(environment))
  // No schema of either topic is known: the registry is the wrong one.
  for (const tenant of ['victim', 'victim-2']) {
    const record = logRecord(framed(987_654, Buffer.from('body')))
    const topic = log.topics.topic('events', tenant)
    await log.log.append(Array.from({ length: 150 }, () => ({ topic, record })))
  }
  await log.close()
  const other = await bench.createKey(environment, 'other', ['read'])
  const all = await bench.createKey(environment, null, ['read'])
  const { url, logged } = await bench.serve(environment)
  await until(async () => (await fetch(`${url}/readyz`)).status === 503)

  const asked = await fetch(`${url}/v1/summary`, withKey(all))
  const answers = [await (await fetch(`${url}/readyz`)).text(), await asked.text()]
  answers.push(await (await fetch(`${url}/v1/summary`, withKey(other))).text())
  for (const answer of answers) expect(answer).not.toMatch(/victim|UnknownSchema/)
  expect(answers[0]).toContain('the projector stopped')
  expect(asked.status).toBe(503)
  expect(answers[1]).toContain('too many records are no events')
  // Whoever runs the process finds all of it.
  expect(logged.join('\n')).toMatch(/events\.victim(?:-2)?\/0\/\d/)
})
