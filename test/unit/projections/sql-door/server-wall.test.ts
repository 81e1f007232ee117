import { expect, test } from 'vitest'
import { ServerWall } from '../../../../projections/sql-door/server-wall.ts'
import type { WallReport } from '../../../../projections/sql-door/wall-report.ts'

const well: WallReport = { unsafe: [], lacking: [] }
const broken: WallReport = { unsafe: ['it sees the secret of acme'], lacking: [] }

test('what was found is relied on for a minute, whether good or bad', async () => {
  let [now, looks, report] = [0, 0, well]
  const wall = new ServerWall(
    async () => {
      looks++
      return report
    },
    () => now,
  )
  await Promise.all([wall.check(), wall.check()])
  report = broken
  now = 59_999
  await wall.check()
  expect(looks).toBe(1)
  now = 60_000
  await expect(wall.check()).rejects.toMatchObject({ code: 'Unavailable', retryable: false })
  await expect(wall.check()).rejects.toThrow(/^no SQL is answered(?!.*acme)/)
  report = well
  now = 120_000
  await wall.check()
  expect(looks).toBe(3)
})

test('a server that cannot be asked is asked again at once, and lets nobody through', async () => {
  let isThere = false
  const wall = new ServerWall(async () => {
    if (!isThere) throw new Error('away')
    return well
  })
  await expect(wall.check()).rejects.toThrow('away')
  isThere = true
  await wall.check()
})
