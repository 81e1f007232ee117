import { join } from 'node:path'
import { pino } from 'pino'
import { Serving } from '../../service/serve/serving.ts'
import { readSettings } from '../../service/settings.ts'
import { sqlOver } from '../http/sql-client.ts'
import { pairedMeasurement, plainMeasurement } from '../measurement.ts'
import { rolledUpQuestions, scanningQuestions } from '../questions/analytics-questions.ts'
import { eventQuestions } from '../questions/event-questions.ts'
import { openTables } from '../questions/open-tables.ts'
import { chooseSubjects } from '../questions/subjects.ts'
import type { Suite } from '../suite.ts'
import { runsInTurn, timeOf } from '../turns.ts'

const EVENTS = 3_000_000
const EVENTS_FAST = 300_000

/** A question of which the engine has little work: what the door takes is seen best. */
const SHORT = 'chain'

/** The questions of the suite `query`, in the SQL of an analyst, over HTTP; those that name a tenant see that tenant alone. */
export const suite: Suite = {
  name: 'sql',
  about: 'questions in SQL over HTTP, against the same SQL on the same engine without a wall',
  async *measure(context) {
    const { isFast, events, runs, directory } = context
    const data = join(directory, 'data')
    const tables = await openTables(data, events ?? (isFast ? EVENTS_FAST : EVENTS), (text) => context.note(text))
    try {
      const settings = readSettings({ EXPERIENCE_LOG_DATA: data, SQL_TIMEOUT_MS: '60000' })
      const options = { host: '127.0.0.1', port: 0, roles: new Set(['query'] as const) }
      const serving = await Serving.start(settings, options, pino({ level: 'silent' }))
      try {
        const door = sqlOver(serving.url)
        const subjects = await chooseSubjects(tables.bare, tables.events)
        for (const question of [
          ...eventQuestions(subjects),
          ...rolledUpQuestions(subjects),
          ...scanningQuestions(subjects),
        ]) {
          const { measure } = question
          await question.check(tables, door)
          const sides = {
            ours: () => timeOf(() => question.inSql(door)),
            baseline: () => timeOf(() => question.bare(tables)),
          }
          const pairs = await runsInTurn(sides, runs)
          const labels = { suite: 'sql', measure, unit: 'ms' } as const
          yield pairedMeasurement({ ...labels, baselineName: 'bare SQL', better: 'lower' }, pairs)
          if (measure === SHORT)
            yield plainMeasurement(
              { ...labels, measure: `${measure}, more than bare SQL` },
              pairs.map(({ ours, baseline }) => ours - baseline),
            )
        }
      } finally {
        await serving.stop()
      }
    } finally {
      await tables.close()
    }
  },
}
