import { own, placeIn, type QuestionView } from './question-view.ts'

const proposal = own('proposal')
const validation = own('validation')
const outcome = own('outcome')
const e = own('event')

/** The columns that the three kinds bring along, each NULL, or empty, where a kind has none. */
const BROUGHT: Readonly<Record<string, string>> = {
  source: "''",
  passed: 'NULL',
  is_remote: '0',
  is_retried: '0',
  retry_reasons: "CAST([], 'Array(String)')",
  tokens: 'NULL',
  cost_microdollars: 'NULL',
}

function rowsOf(table: string, view: string, brought: Readonly<Record<string, string>>): string {
  const others = Object.entries({ ...BROUGHT, ...brought }).map(([name, sql]) => `${sql} AS ${name}`)
  const common = ['tenant_id', 'chain_id', 'instant', 'partition', 'offset'].map(
    (name) => `${table}.${name} AS ${name}`,
  )
  return `SELECT ${[...common, ...others].join(', ')} FROM ${view} AS ${table}`
}

const isProposal = `${e}.source = 'proposal'`
const isOutcome = `${e}.source = 'outcome'`
const isRetried = `${isProposal} AND ${e}.is_retried`

/** Which chains were tried again, and did it help? */
export const chainRetries: QuestionView = {
  name: 'chain_retries',
  comment:
    'Chains of decisions: how often something was proposed, failed its checks, or had its model call retried (which only payloads tell), and how it ended',
  columns: {
    tenant_id: { sql: `${e}.tenant_id`, comment: "Tenant; '' for events without one" },
    chain_id: { sql: `${e}.chain_id`, comment: 'Chain of decisions' },
    first_instant: {
      sql: `min(${e}.instant)`,
      comment: 'When the first of its proposals, validations and outcomes happened',
    },
    last_instant: { sql: `max(${e}.instant)`, comment: 'When the last of them happened' },
    proposals: { sql: `countIf(${isProposal})`, comment: 'Proposals; more than one: something was proposed again' },
    failed_validations: {
      sql: `countIf(${e}.source = 'validation' AND NOT ${e}.passed)`,
      comment: 'Validations that did not pass',
    },
    retried_proposals: {
      sql: `countIf(${isRetried})`,
      comment: 'Proposals whose trace says that the model call was retried',
    },
    retries_unknown: {
      sql: `countIf(${isProposal} AND NOT ${e}.is_remote)`,
      comment: 'Proposals of local models, whose traces do not tell of retries',
    },
    retry_reasons: {
      sql: `arrayFlatten(arrayMap(\`own:x\` -> \`own:x\`.2, arraySort(\`own:x\` -> \`own:x\`.1, groupArrayIf((${placeIn(e)}, ${e}.retry_reasons), ${isRetried}))))`,
      comment: 'Why model calls were retried, in the order of time; may be empty although there were retries',
    },
    outcomes: { sql: `countIf(${isOutcome})`, comment: 'Outcomes; 0: the chain has not ended' },
    passed: {
      sql: `argMaxIf(${e}.passed, ${placeIn(e)}, ${isOutcome})`,
      comment: 'Whether the latest outcome passed; NULL where there is none',
    },
    tokens: { sql: `sum(${e}.tokens)`, comment: 'Tokens of its outcomes, of 128 bits; NULL where none tells' },
    cost_usd: {
      sql: `toDecimal128(sum(${e}.cost_microdollars), 6) / toDecimal128(1000000, 0)`,
      comment: 'Cost of its outcomes, dollars, exactly; NULL where none tells',
    },
    without_cost: {
      sql: `countIf(${isOutcome} AND ${e}.cost_microdollars IS NULL)`,
      comment: 'Outcomes that tell no cost',
    },
  },
  from: (view) => `(
    ${rowsOf(proposal, view('proposals'), {
      source: "'proposal'",
      is_remote: `${proposal}.trace_type = 'Remote'`,
      is_retried: `toUInt8(JSONExtractBool(${proposal}.payload, 'proposal', 'trace_link', 'retried'))`,
      retry_reasons: `JSONExtract(${proposal}.payload, 'proposal', 'trace_link', 'retry_reasons', 'Array(String)')`,
    })}
    UNION ALL ${rowsOf(validation, view('proposal_validations'), { source: "'validation'", passed: `${validation}.all_passed` })}
    UNION ALL ${rowsOf(outcome, view('outcomes'), {
      source: "'outcome'",
      passed: `${outcome}.passed`,
      tokens: `${outcome}.tokens`,
      cost_microdollars: `${outcome}.cost_microdollars`,
    })}
  ) AS ${e}
  GROUP BY ${e}.tenant_id, ${e}.chain_id`,
  narrowedBy: { proposals: ['chain_id'], proposal_validations: ['chain_id'], outcomes: ['chain_id'] },
}
