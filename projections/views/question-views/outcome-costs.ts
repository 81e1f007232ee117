import { own, type QuestionView } from './question-view.ts'

const o = own('outcome')
function usd(microdollars: string): string {
  return `toDecimal128(${microdollars}, 6) / toDecimal128(1000000, 0)`
}
const NO_COST = `${o}.cost_microdollars IS NULL`

/** What does a passed outcome cost? */
export const outcomeCosts: QuestionView = {
  name: 'outcome_costs',
  comment:
    'Outcomes and their costs by hour, backend and step: counts and sums that add up, and how many outcomes tell no cost',
  columns: {
    tenant_id: { sql: `${o}.tenant_id`, comment: "Tenant; '' for events without one" },
    hour: { sql: `${o}.hour`, comment: 'Hour of the outcomes, UTC' },
    backend: { sql: `${o}.backend`, comment: 'Backend that did the work; NULL where the outcomes name none' },
    step: { sql: `${o}.step`, comment: 'Step of the decision: Reasoning, Evaluation, Planning' },
    outcomes: { sql: 'count()', comment: 'Outcomes' },
    passed: { sql: `countIf(${o}.passed)`, comment: 'Of these passed' },
    cost_usd: {
      sql: usd(`sum(${o}.cost_microdollars)`),
      comment:
        'What all outcomes cost, dollars, exactly; NULL where none tells. Over passed: the cost of a passed outcome, failures included',
    },
    passed_cost_usd: {
      sql: usd(`sumIf(${o}.cost_microdollars, ${o}.passed)`),
      comment: 'What the passed ones cost by themselves, dollars, exactly; NULL where none of them tells',
    },
    without_cost: {
      sql: `countIf(${NO_COST})`,
      comment: 'Outcomes that tell no cost: cost_usd is too low by what they cost',
    },
    passed_without_cost: { sql: `countIf(${NO_COST} AND ${o}.passed)`, comment: 'Passed outcomes that tell no cost' },
    tokens: {
      sql: `sum(${o}.tokens)`,
      comment: 'Tokens of all outcomes, of 128 bits, so that sums never wrap; NULL where none tells',
    },
    without_tokens: { sql: `countIf(${o}.tokens IS NULL)`, comment: 'Outcomes that tell no tokens' },
  },
  from: (view) => `${view('outcomes')} AS ${o}
  GROUP BY ${o}.tenant_id, ${o}.hour, ${o}.backend, ${o}.step`,
  narrowedBy: { outcomes: ['hour', 'backend', 'step'] },
}
