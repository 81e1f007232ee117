import { KEY_PLACE, URL_PLACE } from '../curl-line.ts'
import { codeBlock } from './html.ts'
import type { PlacedOperation } from './operation-article.ts'

const EVENT =
  '{"event_id":"evt-1","occurred_at":"2026-04-23T09:14:07Z","event":{"type":"OutcomeRecorded","data":{"chain_id":"chain-1",' +
  '"step":"Planning","passed":true,"latency_ms":812,"tokens":1450,"cost_microdollars":5300,"backend":"local"}}}'

/** What to try first, of what this process does. */
const STEPS = [
  {
    method: 'post',
    path: '/v1/events',
    label: 'Append an event',
    source: `curl -s '${URL_PLACE}/v1/events'${KEY_PLACE} \\\n  -H 'Content-Type: application/json' \\\n  --data-binary '${EVENT}'`,
  },
  {
    method: 'get',
    path: '/v1/events',
    label: 'Ask for it',
    source: `curl -s '${URL_PLACE}/v1/events?chain_id=chain-1'${KEY_PLACE}`,
  },
  {
    method: 'get',
    path: '/v1/tail',
    label: 'See events as they come, until you press Ctrl-C',
    source: `curl -sN '${URL_PLACE}/v1/tail'${KEY_PLACE}`,
  },
  { method: 'get', path: '/readyz', label: 'Whether the process is ready', source: `curl -s '${URL_PLACE}/readyz'` },
]

/** The first lines that a newcomer types. */
export function firstSteps(operations: readonly PlacedOperation[]): string {
  const steps = STEPS.filter((step) =>
    operations.some(({ method, path }) => method === step.method && path === step.path),
  ).slice(0, 3)
  return `<section id="start" class="plain"><h2>First lines</h2>
${steps.map(({ label, source }) => codeBlock(label, source)).join('\n')}</section>`
}

/** How keys work, as HTML. */
export const KEYS = `
<p>A key is sent as <code>Authorization: Bearer KEY</code>. It is limited to a tenant, or is for all, and has one role or more:
<code>produce</code> to append, <code>read</code> to ask, <code>operate</code> to operate. None of them implies another.</p>
${codeBlock('Create a key: it is shown once', 'npx experience-log keys create --tenant acme --role produce --role read')}
<p>A tenant’s key sees and appends nothing but its tenant’s events; what is another tenant’s is answered as if it did not exist. Events
without a <code>tenant_id</code> that it appends get its own. As long as there is no key at all, programs on the process’s own machine
come in without one, in embedded mode only. The first key closes that door.</p>`
