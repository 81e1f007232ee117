import { pino } from 'pino'
import { expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { readSettings } from '../../../service/settings.ts'
import { Readiness } from '../../../service/serve/readiness.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'

const silent = pino({ level: 'silent' })

test('a process is ready while its log answers, and says why it is not', async () => {
  const directory = await temporaryDirectory()
  const log = await openLog(readSettings({ EXPERIENCE_LOG_DATA: directory.path }))
  const readiness = new Readiness(log, null)
  readiness.watchProjector(Promise.resolve(), silent)
  expect(await readiness.whyNot()).toEqual([])

  const fault = new ExperienceError('FormMismatch', 'the tables are of another form')
  readiness.watchProjector(Promise.reject(fault), silent)
  await Promise.resolve()
  expect(await readiness.whyNot()).toEqual(['the projector stopped: the tables are of another form'])

  const looks = [readiness.whyNot(), readiness.whyNot()]
  expect(looks[0]).toBe(looks[1])
  await looks[0]
  const later = readiness.whyNot()
  expect(later).not.toBe(looks[0])
  await later

  await log.close()
  expect(await readiness.whyNot()).toHaveLength(2)
  await directory.remove()
})
