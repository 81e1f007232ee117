import { columnsOfOthers, OUTCOME_COMMENTS, OUTCOME_NARROWED_BY, outcomeColumns } from './outcome-columns.ts'
import { own, taken, untilNow, type QuestionColumn, type QuestionView } from './question-view.ts'

const outcome = own('outcome')
const proposal = own('proposal')
const policy = own('policy')
const e = own('event')
const f = own('found')

const TYPES = ['Kernel', 'Routing', 'Recall'] as const
function ofType(type: string, column: string): string {
  return `if(${e}.policy_type = '${type}', ${e}.${column}, NULL)`
}
const ofTenant = untilNow(e, ['tenant_id'])
const ofChain = untilNow(e, ['tenant_id', 'chain_id'])

/** What is found at each event, by what it is called. */
const FOUND: Readonly<Record<string, string>> = {
  named_hash: `anyLast(${e}.named) OVER ${ofChain}`,
  named_policies: `uniqExact(${e}.named) OVER ${ofChain}`,
  latest_hash: `anyLast(${e}.captured) OVER ${ofTenant}`,
  ...Object.fromEntries(
    TYPES.flatMap((type) => [
      [`${type.toLowerCase()}_hash`, `anyLast(${ofType(type, 'captured')}) OVER ${ofTenant}`],
      [`${type.toLowerCase()}_policies`, `uniqExact(${ofType(type, 'policy_id')}) OVER ${ofTenant}`],
    ]),
  ),
}

function columnsOfType(type: string): Record<string, QuestionColumn> {
  return {
    [`${type.toLowerCase()}_hash`]: {
      sql: `${f}.${type.toLowerCase()}_hash`,
      comment: `Snapshot of a ${type} policy that the tenant had captured last; NULL before the first`,
    },
    [`${type.toLowerCase()}_policies`]: {
      sql: `${f}.${type.toLowerCase()}_policies`,
      comment: `How many ${type} policies (by policy_id) had been captured: with more than one, the latest need not be the one in force`,
    },
  }
}

const known = Object.keys(FOUND)
function columnsBeside(named: string, captured: string, id: string, type: string): string {
  return `${named} AS named, ${captured} AS captured, ${id} AS policy_id, ${type} AS policy_type`
}

/** Under which policy did it happen? */
export const outcomePolicies: QuestionView = {
  name: 'outcome_policies',
  comment:
    'Outcomes with the policy in force: the one that the chain’s proposals name, else the one captured last. Reads all of the tenant’s outcomes, proposals and snapshots',
  columns: {
    ...taken(f, OUTCOME_COMMENTS),
    policy_hash: {
      sql: `coalesce(${f}.named_hash, ${f}.latest_hash)`,
      comment:
        'Hash of the policy in force, as far as that is known: policy_from tells by what. In policy_snapshots as snapshot_hash',
    },
    policy_from: {
      sql: `multiIf(${f}.named_hash IS NOT NULL, 'chain', ${f}.latest_hash IS NOT NULL, 'time', 'unknown')`,
      comment:
        "'chain': the chain's latest proposal that names a policy; 'time': captured last by the tenant, of any type; 'unknown': none was captured before",
    },
    chain_policies: {
      sql: `${f}.named_policies`,
      comment: "Different policies that the chain's proposals had named: with more than one, policy_hash is the latest",
    },
    ...Object.assign({}, ...TYPES.map(columnsOfType)),
  },
  from: (view) => `(
    SELECT ${e}.source AS source, ${outcomeColumns(e)},
      ${known.map((name) => `${FOUND[name]} AS ${name}`).join(',\n      ')}
    FROM (
      SELECT 'outcome' AS source, ${outcomeColumns(outcome)}, ${columnsBeside('NULL', 'NULL', 'NULL', 'NULL')}
      FROM ${view('outcomes')} AS ${outcome}
      UNION ALL
      SELECT 'proposal' AS source, ${columnsOfOthers(proposal, { chain_id: `${proposal}.chain_id` })},
        ${columnsBeside(`${proposal}.policy_snapshot_hash`, 'NULL', 'NULL', 'NULL')}
      FROM ${view('proposals')} AS ${proposal}
      UNION ALL
      SELECT 'policy' AS source, ${columnsOfOthers(policy, {})},
        ${columnsBeside('NULL', `${policy}.snapshot_hash`, `${policy}.policy_id`, `${policy}.policy_type`)}
      FROM ${view('policy_snapshots')} AS ${policy}
    ) AS ${e}
  ) AS ${f}
  WHERE ${f}.source = 'outcome'`,
  narrowedBy: { outcomes: OUTCOME_NARROWED_BY, proposals: ['chain_id'] },
}
