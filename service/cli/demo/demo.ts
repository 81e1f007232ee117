import { checkNotInterrupted } from '../../../base/interruption.ts'
import type { OutcomeAnalytics } from '../../../queries/analytics.ts'
import { envelopeFromStoredJson } from '../../../schemas/json/envelope-json.ts'
import { ask } from '../../questions/question.ts'
import { questions } from '../../questions/questions.ts'
import type { Service } from '../../wiring/service.ts'
import { withService, writeLine, type CommandContext } from '../command-context.ts'
import { countsByKind } from '../questions/counts-by-kind.ts'
import { EXIT } from '../exit-codes.ts'
import { appendDemo, type DemoOptions } from './append-demo.ts'
import { Progress } from '../terminal/progress.ts'
import { textTable } from '../terminal/text-table.ts'

/** Appends a simulated fleet's events and a recording of the Converge engine, projects them, and answers questions. */
export async function demo(context: CommandContext, options: DemoOptions): Promise<number> {
  return withService(context, async (service) => {
    const { settings, stderr, stdout } = context
    const kafka = settings.KAFKA_BROKERS?.join(', ')
    stderr.write(`log: ${kafka === undefined ? `embedded in ${settings.EXPERIENCE_LOG_DATA}` : `Kafka at ${kafka}`}\n`)
    const projecting = service.project()
    const grown = countEvents(service).then(async (before) => before + (await appendDemo(context, service, options)))
    const expected = await Promise.race([grown, projecting])
    checkNotInterrupted(context.stopped, 'not all events were appended')
    await projectAll(context, service)
    // Two runs of one seed append the same events.
    const known = (expected ?? 0n) - (await countEvents(service))
    if (known > 0n) stderr.write(`${known} of these events were known already: equal events count once\n`)
    checkNotInterrupted(context.stopped, 'no question was asked')
    await writeLine(stdout, await answers(service))
    await writeLine(stdout, nextSteps(settings.EXPERIENCE_LOG_DATA))
    await service.stopProjecting()
    await projecting
    return EXIT.done
  })
}

async function countEvents(service: Service): Promise<bigint> {
  return (await ask(service, questions.summary, {})).total_events
}

async function projectAll(context: CommandContext, service: Service): Promise<void> {
  const progress = new Progress(context.stderr, 'projecting')
  const started = Date.now()
  await service.catchUp()
  progress.end(`caught up ${Date.now() - started} ms after the last append`)
}

async function answers(service: Service): Promise<string> {
  const { total_events, by_kind } = await ask(service, questions.summary, {})
  const outcomes = await ask(service, questions.outcomes, { bucket: 'all', by: ['tenant', 'backend'] })
  const chains = await ask(service, questions.chains, { limit: 5 })
  const dearest = chains[0]
  const chain = { kinds: [], tenant_id: dearest?.tenant_id ?? null, chain_id: dearest?.chain_id ?? '' }
  const { events: story } = await ask(service, questions.events, chain)
  const artifacts = await ask(service, questions.artifacts, {})
  const section = (title: string, rows: readonly object[]): string => `\n${title}\n\n${textTable(rows)}\n`
  return [
    section(`${total_events} events by kind`, countsByKind(by_kind)),
    section('Outcomes by tenant and backend: pass rate, latency, cost', outcomes.map(forPeople)),
    section('The most expensive chains', chains.map(withTenant)),
    section(
      `What happened in chain ${dearest?.chain_id ?? ''}`,
      story.map(({ json }) => storyLine(json)),
    ),
    section('Budgets exceeded', (await ask(service, questions.budgets, {})).map(withTenant)),
    section(
      'Artifacts with forbidden transitions',
      artifacts.filter(({ forbidden_transitions }) => forbidden_transitions > 0n).map(withTenant),
    ),
  ].join('')
}

const NO_TENANT = '(none)'

function withTenant(row: { readonly tenant_id: string | null }): object {
  return { ...row, tenant_id: row.tenant_id ?? NO_TENANT }
}

function forPeople(row: OutcomeAnalytics): object {
  return {
    tenant: row.tenant ?? NO_TENANT,
    backend: row.backend,
    outcomes: row.outcomes,
    pass_rate: `${(100 * row.pass_rate).toFixed(1)} %`,
    p50_ms: rounded(row.latency_p50_ms),
    p95_ms: rounded(row.latency_p95_ms),
    p99_ms: rounded(row.latency_p99_ms),
    tokens: row.tokens,
    cost_usd: (Number(row.cost_microdollars) / 1e6).toFixed(2),
    'usd/passed':
      row.cost_per_passed_microdollars === null ? null : (row.cost_per_passed_microdollars / 1e6).toFixed(4),
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}

function storyLine(json: string): object {
  const { event_id, occurred_at, event } = envelopeFromStoredJson(json)
  return { occurred_at, kind: event.type, event_id }
}

function nextSteps(data: string): string {
  const option = data === '.experience-log' ? '' : ` --data ${data}`
  return `Ask more, for example:
  npx experience-log analytics outcomes --bucket hour --by backend --format table${option}
  npx experience-log query --kind OutcomeRecorded --limit 3 --desc${option}
  npx experience-log verify${option}`
}
