import { join } from 'node:path'
import { compare, type Contest } from '../compare.ts'
import { median } from '../measurement.ts'
import { rolledUpQuestions, scanningQuestions } from '../questions/analytics-questions.ts'
import { measureDisk } from '../questions/disk.ts'
import { eventQuestions } from '../questions/event-questions.ts'
import { openTables, type OpenTables } from '../questions/open-tables.ts'
import type { AnyQuestion } from '../questions/question.ts'
import { chooseSubjects } from '../questions/subjects.ts'
import type { Suite } from '../suite.ts'

const EVENTS = 10_000_000
const EVENTS_FAST = 300_000
/** A run asks at least so often, and goes on until this time has passed, ms; its figure is the median. */
const TIMES = 3
const RUN_MS = 200

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
        yield await compare('query', againstBareSql(tables, question), runs)
      }
      for (const question of rolledUp) yield await compare('query', againstTenth(tables, question), runs)
      yield* await measureDisk('query', tables)
    } finally {
      await tables.close()
    }
  },
}

function againstBareSql(tables: OpenTables, { measure, ours, bare }: AnyQuestion): Contest {
  return {
    measure,
    unit: 'ms',
    better: 'lower',
    ours: () => latency(() => ours(tables)),
    baselineName: 'bare SQL',
    baseline: () => latency(() => bare(tables)),
  }
}

/** Of the questions that the library asks of a `store` alone. */
function againstTenth(tables: OpenTables, { measure, ours }: AnyQuestion): Contest {
  return {
    measure: `${measure}, at ten times the events`,
    unit: 'ms',
    better: 'lower',
    ours: () => latency(() => ours(tables)),
    baselineName: 'a tenth of the events',
    baseline: () => latency(() => ours({ ...tables, store: tables.tenth })),
  }
}

/** How long a question takes, ms. */
async function latency(ask: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  const times: number[] = []
  while (times.length < TIMES || performance.now() - started < RUN_MS) {
    const asked = performance.now()
    await ask()
    times.push(performance.now() - asked)
  }
  return median(times)
}
