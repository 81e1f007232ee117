/** What views that add something to each outcome show of the outcome itself. */
export const OUTCOME_COMMENTS = {
  tenant_id: "Tenant; '' for events without one",
  instant: 'When the outcome was recorded',
  event_id: 'Event of the outcome',
  correlation_id: 'Run that the outcome belongs to',
  chain_id: 'Chain of decisions',
  step: 'Step of the decision: Reasoning, Evaluation, Planning',
  backend: 'Backend that did the work',
  passed: 'Whether it passed',
  stop_reason: 'Why it stopped',
  latency_ms: 'Time taken, ms',
  tokens: 'Tokens used, of 128 bits, so that sums never wrap',
  cost_usd: 'Cost, dollars, exactly',
} as const

/** Columns on which a condition leaves out outcomes that have no part in the others' rows. */
export const OUTCOME_NARROWED_BY = [
  'instant',
  'event_id',
  'correlation_id',
  'chain_id',
  'step',
  'backend',
  'stop_reason',
]

/** What every row of such a view's union has: the outcome's columns, NULL in rows of other kinds, and the place in the log. */
export function outcomeColumns(table: string): string {
  return [...Object.keys(OUTCOME_COMMENTS), 'partition', 'offset']
    .map((name) => `${table}.${name} AS ${name}`)
    .join(', ')
}

/** The same columns for rows of another kind: those that it has too, by their expressions, the others NULL. */
export function columnsOfOthers(table: string, shown: Readonly<Record<string, string>>): string {
  const known: Readonly<Record<string, string>> = {
    tenant_id: `${table}.tenant_id`,
    instant: `${table}.instant`,
    partition: `${table}.partition`,
    offset: `${table}.offset`,
    event_id: "''",
    ...shown,
  }
  return [...Object.keys(OUTCOME_COMMENTS), 'partition', 'offset']
    .map((name) => `${known[name] ?? 'NULL'} AS ${name}`)
    .join(', ')
}
