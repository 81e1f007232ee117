import { compare } from '../compare.ts'
import { appendContest } from '../embedded/append.ts'
import { ingestContest } from '../embedded/ingest.ts'
import { projectContest } from '../embedded/project.ts'
import { buildPackage, demoContest, questionContest } from '../embedded/start.ts'
import { collectFleetEvents } from '../fleet-events.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 100_000
const EVENTS_FAST = 20_000
/** As many as the command takes by itself. */
const DEMO_EVENTS = 20_000
const DEMO_EVENTS_FAST = 2000

export const suite: Suite = {
  name: 'embedded',
  about: 'LMDB and chDB in one process, against each of them alone',
  async *measure(context) {
    const { isFast, events, runs, directory } = context
    const fleet = collectFleetEvents(events ?? (isFast ? EVENTS_FAST : EVENTS))
    yield await compare('embedded', appendContest(fleet.jsonTexts, directory), runs)
    yield await compare('embedded', await ingestContest(fleet.jsonTexts, directory), runs)
    yield await compare('embedded', await projectContest(fleet, directory), runs)
    context.note('building the package')
    await buildPackage()
    const demoEvents = isFast ? DEMO_EVENTS_FAST : DEMO_EVENTS
    yield await compare('embedded', demoContest(demoEvents, directory), runs)
    yield await compare('embedded', await questionContest(demoEvents, directory), runs)
  },
}
