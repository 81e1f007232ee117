import { describe, expect, test } from 'vitest'
import { exclusively, type ExclusiveParts, type Say } from '../../../operations/rebuild/exclusively.ts'
import { heedText } from '../../../operations/rebuild/heed.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { abandonRebuild, pauseRebuild, rebuildStatus, resumeRebuild } from '../../../operations/rebuild/steer.ts'
import { newGenerationId } from '../../../projections/generations/generation.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { NEVER } from '../../../base/waiting.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { ServiceBench } from '../service-bench.ts'
import { kafka, lmdb, settingsOf } from '../service-place.ts'
import { EVERYTHING } from './rebuild-scopes.ts'

const DATABASE = 'experience_log'
const READ_MODEL = 'a read model'

for (const place of [lmdb, kafka()]) {
  describe.skipIf(place.skipped !== undefined)(`steering a rebuild on ${place.name}`, () => {
    const bench = new ServiceBench()

    interface Work {
      readonly open: OpenLog
      readonly id: string
      readonly operations: OperationsLog
      readonly notices: string[]
      readonly parts: ExclusiveParts
      /** Says that it obeys all operations up to now. */
      readonly heed: (isResting: boolean) => Promise<void>
      /** Ends as a process does. */
      readonly end: () => Promise<void>
    }

    /** An open rebuild, and a process at work on it that does as the test says. */
    const begin = async (use: (work: Work) => Promise<void>): Promise<void> => {
      const open = await openLog(settingsOf(bench.newEnvironment(place)))
      const operations = new OperationsLog(open.log, open.topics)
      const id = newGenerationId()
      await operations.append({
        type: 'RebuildStarted',
        read_model: READ_MODEL,
        database: DATABASE,
        generation: id,
        scope: EVERYTHING,
      })
      const notices: string[] = []
      const { log, topics } = open
      const parts = { log, topics, deadMemberMs: 20_000, stopped: NEVER, onWait: () => notices.push('waits') }
      let finish = (): void => {}
      const ending = new Promise<void>((resolve) => (finish = resolve))
      let working: Promise<void> = Promise.resolve()
      const say = await new Promise<Say>((begun, failed) => {
        working = exclusively(parts, async (_, mySay) => {
          begun(mySay)
          await ending
        })
        working.catch(failed)
      })
      const heed = async (isResting: boolean): Promise<void> => {
        await operations.read()
        await say(heedText({ generation: id, upTo: operations.readUpTo, isResting }))
      }
      const end = async (): Promise<void> => {
        finish()
        await working
      }
      try {
        await use({ open, id, operations, notices, parts, heed, end })
      } finally {
        await end()
        await open.close()
      }
    }

    test('is pausing until the process that rebuilds has finished what was under way', async () => {
      await begin(async ({ open, heed, end }) => {
        await heed(false)
        expect(await rebuildStatus(open, DATABASE)).toMatchObject({ status: 'running' })
        await pauseRebuild(open, DATABASE)
        await heed(false)
        expect(await rebuildStatus(open, DATABASE)).toMatchObject({ status: 'pausing' })
        await heed(true)
        expect(await rebuildStatus(open, DATABASE)).toMatchObject({ status: 'paused' })
        await end()
        expect(await rebuildStatus(open, DATABASE)).toMatchObject({ status: 'stopped' })
      })
    })

    test('a living process that heeds it continues, and nobody waits for its end', async () => {
      await begin(async ({ id, operations, heed, parts, notices }) => {
        await heed(true)
        const resuming = resumeRebuild(parts, DATABASE)
        await until(async () => (await operations.read()).some(({ operation }) => operation.type === 'RebuildResumed'))
        await heed(false)
        expect(await resuming).toEqual({ generation: id, isLeftTo: 'another' })
        expect(notices).toEqual([])
      })
    })

    test('nothing is left to do where the process that rebuilds ends it meanwhile, and all where it died', async () => {
      await begin(async ({ id, operations, parts, end }) => {
        const resuming = resumeRebuild(parts, DATABASE)
        await until(async () => (await operations.read()).some(({ operation }) => operation.type === 'RebuildResumed'))
        await operations.append({ type: 'SideTableCompleted', read_model: READ_MODEL, generation: id })
        await end()
        expect(await resuming).toEqual({ generation: id, isLeftTo: 'nobody' })
      })
      await begin(async ({ id, parts, end, heed }) => {
        await heed(false)
        await end()
        expect(await resumeRebuild(parts, DATABASE)).toEqual({ generation: id, isLeftTo: 'caller' })
      })
    })

    test('who heeds that a rebuild is abandoned removes it, and is waited for', async () => {
      await begin(async ({ id, operations, heed, parts, end }) => {
        let hasEnded = false
        const abandoning = abandonRebuild(parts, DATABASE).then((steered) => ({ ...steered, hasEnded }))
        await until(async () =>
          (await operations.read()).some(({ operation }) => operation.type === 'RebuildAbandoned'),
        )
        await heed(false)
        hasEnded = true
        await end()
        expect(await abandoning).toEqual({ generation: id, isLeftTo: 'another', hasEnded: true })
      })
    })
  })
}
