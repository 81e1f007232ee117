import { join } from 'node:path'
import type { Contest } from '../compare.ts'
import { pairedMeasurement, type Measurement } from '../measurement.ts'
import { rolledUpQuestions, scanningQuestions } from '../questions/analytics-questions.ts'
import { measureDisk } from '../questions/disk.ts'
import { eventQuestions } from '../questions/event-questions.ts'
import { openTables, type OpenTables } from '../questions/open-tables.ts'
import type { AnyQuestion } from '../questions/question.ts'
import { chooseSubjects } from '../questions/subjects.ts'
import type { Suite } from '../suite.ts'
import { runsInTurn, timeOf } from '../turns.ts'

const EVENTS = 10_000_000
const EVENTS_FAST = 300_000

export const suite: Suite = {
  name: 'query',
  about: 'questions about many events, against the bare SQL on the same engine',
  async *measure(context) {
    const { isFast, events, runs, directory } = context
    const count = events ?? (isFast ? EVENTS_FAST : EVENTS)
    const tables = await openTables(join(directory, 'data'), count, (text) => context.note(text))
    try {
      const subjects = await chooseSubjects(tables.bare, tables.events)
      const rolledUp = rolledUpQuestions(subjects)
      for (const question of [...eventQuestions(subjects), ...rolledUp, ...scanningQuestions(subjects)]) {
        await question.check(tables)
        yield await compareLatencies(againstBareSql(tables, question), runs)
      }
      for (const question of rolledUp) yield await compareLatencies(againstTenth(tables, question), runs)
      yield* await measureDisk('query', tables)
    } finally {
      await tables.close()
    }
  },
}

/** A question to two sides; each asks it once. */
interface Sides extends Pick<Contest, 'measure' | 'baselineName'> {
  readonly ours: () => Promise<unknown>
  readonly baseline: () => Promise<unknown>
}

function againstBareSql(tables: OpenTables, { measure, ours, bare }: AnyQuestion): Sides {
  return { measure, ours: () => ours(tables), baselineName: 'bare SQL', baseline: () => bare(tables) }
}

/** Of the questions that the library asks of a `store` alone. */
function againstTenth(tables: OpenTables, { measure, ours }: AnyQuestion): Sides {
  return {
    measure: `${measure}, at ten times the events`,
    ours: () => ours(tables),
    baselineName: 'a tenth of the events',
    baseline: () => ours({ ...tables, store: tables.tenth }),
  }
}

async function compareLatencies({ measure, baselineName, ours, baseline }: Sides, runs: number): Promise<Measurement> {
  const pairs = await runsInTurn({ ours: () => timeOf(ours), baseline: () => timeOf(baseline) }, runs)
  return pairedMeasurement({ suite: 'query', measure, unit: 'ms', baselineName, better: 'lower' }, pairs)
}
