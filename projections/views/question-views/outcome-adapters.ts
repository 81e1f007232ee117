import { columnsOfOthers, OUTCOME_COMMENTS, OUTCOME_NARROWED_BY, outcomeColumns } from './outcome-columns.ts'
import { own, placeIn, taken, untilNow, type QuestionView } from './question-view.ts'

const outcome = own('outcome')
const proposal = own('proposal')
const transition = own('transition')
const rollback = own('rollback')
const e = own('event')
const a = own('adapted')
const f = own('found')

const ofChain = untilNow(e, ['tenant_id', 'chain_id'])
const ofArtifact = untilNow(a, ['tenant_id', 'adapter_id'])
const isProposal = `${e}.source = 'proposal'`
/** Of the latest proposal, also where that has none. */
function latest(column: string): string {
  return `tupleElement(argMaxIf(tuple(${e}.${column}), ${placeIn(e)}, ${isProposal}) OVER ${ofChain}, 1)`
}
/** A change of an artifact, as a row beside those of outcomes and proposals. */
function changes(table: string, view: string, state: string): string {
  return `SELECT 'artifact' AS source, ${columnsOfOthers(table, {})}, ${table}.artifact_id AS adapter_id, NULL AS model_id, NULL AS trace_type,
        toUInt64(0) AS chain_proposals, ${state} AS to_state FROM ${view} AS ${table}`
}

/** Which version of an adapter passes how often? */
export const outcomeAdapters: QuestionView = {
  name: 'outcome_adapters',
  comment:
    'Outcomes with the adapter and model of the chain’s latest proposal, and where the artifact of that id stood. Reads all of the tenant’s outcomes, proposals and artifact changes',
  columns: {
    ...taken(f, OUTCOME_COMMENTS),
    adapter_id: {
      sql: `${f}.adapter_id`,
      comment:
        "Adapter by the trace of the chain's latest proposal before the outcome; NULL where adapter_from says why",
    },
    adapter_from: {
      sql: `multiIf(${f}.chain_proposals = 0, 'no proposal', ${f}.adapter_id IS NOT NULL, 'adapter', ${f}.trace_type = 'Remote', 'remote model', 'no adapter')`,
      comment:
        "'adapter': known; 'no adapter': a local model without one; 'remote model': its trace names none; 'no proposal': the chain has none before the outcome",
    },
    model_id: {
      sql: `${f}.model_id`,
      comment: "Of the same trace: the provider's model, or the hash of the base model",
    },
    chain_proposals: { sql: `${f}.chain_proposals`, comment: 'Proposals of the chain before the outcome' },
    artifact_state: {
      sql: `${f}.artifact_state`,
      comment:
        'Where the artifact of the adapter’s id stood by its transitions and rollbacks up to the outcome; NULL where no artifact has that id: producers may name adapters otherwise',
    },
  },
  from: (view) => `(
    SELECT ${a}.source AS source, ${outcomeColumns(a)}, ${a}.adapter_id AS adapter_id, ${a}.model_id AS model_id,
      ${a}.trace_type AS trace_type, ${a}.chain_proposals AS chain_proposals,
      anyLast(${a}.to_state) OVER ${ofArtifact} AS artifact_state
    FROM (
      SELECT ${e}.source AS source, ${outcomeColumns(e)}, ${latest('adapter_id')} AS adapter_id, ${latest('model_id')} AS model_id,
        ${latest('trace_type')} AS trace_type, countIf(${isProposal}) OVER ${ofChain} AS chain_proposals, NULL AS to_state
      FROM (
        SELECT 'outcome' AS source, ${outcomeColumns(outcome)}, NULL AS adapter_id, NULL AS model_id, NULL AS trace_type
        FROM ${view('outcomes')} AS ${outcome}
        UNION ALL
        SELECT 'proposal' AS source, ${columnsOfOthers(proposal, { chain_id: `${proposal}.chain_id` })},
          ${proposal}.adapter_id AS adapter_id, ${proposal}.model_id AS model_id, ${proposal}.trace_type AS trace_type
        FROM ${view('proposals')} AS ${proposal}
      ) AS ${e}
      UNION ALL ${changes(transition, view('artifact_transitions'), `toString(${transition}.to_state)`)}
      UNION ALL ${changes(rollback, view('artifact_rollbacks'), "'RolledBack'")}
    ) AS ${a}
  ) AS ${f}
  WHERE ${f}.source = 'outcome'`,
  narrowedBy: { outcomes: OUTCOME_NARROWED_BY, proposals: ['chain_id'] },
}
