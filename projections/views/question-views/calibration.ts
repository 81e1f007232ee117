import { own, type QuestionView } from './question-view.ts'

const h = own('hypothesis')
const BINS = 10
/** The number of the tenth that a confidence lies in; NULL outside of 0 to 1. */
const bin = `if(${h}.confidence >= 0 AND ${h}.confidence <= 1, least(floor(${h}.confidence * ${BINS}), ${BINS - 1}), NULL)`
const isDecided = `${h}.outcome IN ('Confirmed', 'Falsified')`
function countOf(outcome: string): string {
  return `countIf(${h}.outcome = '${outcome}')`
}

/** Do confident hypotheses hold? */
export const calibration: QuestionView = {
  name: 'calibration',
  comment:
    'Hypotheses by what confidence was stated and what became of them: counts that add up over hours, domains and tenths of confidence',
  columns: {
    tenant_id: { sql: `${h}.tenant_id`, comment: "Tenant; '' for events without one" },
    hour: { sql: `${h}.hour`, comment: 'Hour in which the hypotheses were resolved, UTC' },
    domain: { sql: `${h}.domain`, comment: 'Domain of the hypotheses' },
    confidence_from: {
      sql: `${bin} / ${BINS}`,
      comment:
        'Where the tenth of confidence begins; NULL for confidences outside of 0 to 1, which have a row of their own',
    },
    confidence_to: { sql: `(${bin} + 1) / ${BINS}`, comment: 'Where it ends; only the last holds its end' },
    hypotheses: { sql: 'count()', comment: 'Hypotheses that were resolved' },
    confirmed: { sql: countOf('Confirmed'), comment: 'Of these confirmed' },
    falsified: { sql: countOf('Falsified'), comment: 'Of these falsified' },
    superseded: { sql: countOf('Superseded'), comment: 'Of these superseded: neither right nor wrong' },
    unresolved: { sql: countOf('Unresolved'), comment: 'Of these left open: neither right nor wrong' },
    decided: {
      sql: `countIf(${isDecided})`,
      comment: 'Confirmed and falsified: those by which confidence can be judged',
    },
    decided_confidence_sum: {
      sql: `sumIf(${h}.confidence, ${isDecided})`,
      comment: 'Sum of the confidences of decided ones: over decided, what share should be confirmed',
    },
    squared_error_sum: {
      sql: `sumIf(pow(${h}.confidence - (${h}.outcome = 'Confirmed'), 2), ${isDecided})`,
      comment: 'Sum of squared differences of confidence and truth (1 or 0): over decided, the Brier score',
    },
  },
  from: (view) => `${view('hypotheses')} AS ${h}
  GROUP BY ${h}.tenant_id, ${h}.hour, ${h}.domain, ${bin}`,
  narrowedBy: { hypotheses: ['hour', 'domain'] },
}
