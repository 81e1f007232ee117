import { pino } from 'pino'
import { expect, test } from 'vitest'
import { ExperienceError } from '../../../base/experience-error.ts'
import { BackgroundActs } from '../../../service/http/operate/background-acts.ts'

/** A logger, and its lines. */
function logged() {
  const lines: string[] = []
  return { lines, log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }) }
}

async function by(): Promise<string> {
  return 'somebody'
}

test('of an act that fails as nobody foresaw, the log has what its asker is not told', async () => {
  const acts = new BackgroundActs(new AbortController().signal)
  const { lines, log } = logged()
  const { id } = await acts.begin({ act: 'verify', tenant: 'acme', log }, by, async () => {
    throw new TypeError('no such part')
  })
  await Promise.resolve()
  expect(acts.all).toMatchObject([{ id, state: 'failed', tenant_id: 'acme', error: { code: 'StorageError' } }])
  expect(acts.all[0]!.error!.message).not.toContain('part')
  expect(lines).toEqual([expect.stringContaining('no such part')])
  expect(() => acts.checkIdle()).not.toThrow()
})

test('one act at a time, and what cannot be noted is not begun', async () => {
  const acts = new BackgroundActs(new AbortController().signal)
  const { lines, log } = logged()
  const noNote = async (): Promise<string> => {
    throw new ExperienceError('Unavailable', 'the log does not answer')
  }
  await expect(acts.begin({ act: 'rollback', log }, noNote, async () => ({}))).rejects.toMatchObject({
    code: 'Unavailable',
  })
  let end: (result: object) => void = () => {}
  const ended = new Promise<object>((resolve) => (end = resolve))
  await acts.begin({ act: 'rollback', log }, by, () => ended)
  await expect(acts.begin({ act: 'verify', log }, by, async () => ({}))).rejects.toMatchObject({ status: 503 })
  end({ switched: true })
  await ended
  await Promise.resolve()
  expect(acts.all).toMatchObject([{ act: 'rollback', state: 'done', result: { switched: true } }])
  expect(lines).toEqual([])
})

test('it is closed when the act under way has ended, which is asked to', async () => {
  const stopping = new AbortController()
  const acts = new BackgroundActs(stopping.signal)
  await acts.close()
  const { log } = logged()
  const seen: string[] = []
  await acts.begin({ act: 'rebuild', log }, by, async ({ stopped }) => {
    await new Promise((resolve) => stopped.addEventListener('abort', resolve))
    await new Promise((resolve) => setTimeout(resolve, 20))
    seen.push('the act has ended')
    return {}
  })
  stopping.abort()
  await acts.close()
  expect(seen).toEqual(['the act has ended'])
})
