// Appends events over HTTP, reads them, and follows the log: `npx tsx examples/http/store.ts`.
// Needs `npx experience-log serve` in another terminal. Where the server asks for a key, set EXPERIENCE_LOG_KEY.
import { envelopeToJson, ExperienceError, HttpExperienceStore } from 'experience-log/client'

const { EXPERIENCE_LOG_URL: url = 'http://127.0.0.1:7070', EXPERIENCE_LOG_KEY: key } = process.env
const store = new HttpExperienceStore({ url, key })
try {
  // Events that are appended while a request is under way share the next one. Whatever may succeed later is tried again.
  const tokens = [1450n, 18_446_744_073_709_551_615n, 0n]
  await Promise.all(
    tokens.map((each, index) =>
      store.appendEvent({
        event_id: `ts-${index + 1}`,
        occurred_at: `2026-04-23T09:14:0${index}Z`,
        tenant_id: 'acme',
        event: {
          type: 'OutcomeRecorded',
          data: { chain_id: 'chain-ts', step: 'Planning', passed: true, tokens: each },
        },
      }),
    ),
  )

  // A store reads its own writes.
  for (const envelope of await store.queryEvents({ tenant_id: 'acme', chain_id: 'chain-ts' })) {
    console.log(envelopeToJson(envelope))
  }
  for (const { chain_id, outcomes, tokens: sum } of await store.mostExpensiveChains({
    tenant_id: 'acme',
    limit: 100,
  })) {
    if (chain_id === 'chain-ts') console.log(`${chain_id}: ${outcomes} outcomes, ${sum} tokens`)
  }

  // Where the connection breaks, the tail comes again, and goes on behind the last item.
  let seen = 0
  for await (const item of store.tail({ tenant: 'acme', from: 'beginning' })) {
    if (item.type !== 'event' || !item.envelope.event_id.startsWith('ts-')) continue
    console.log(`live: ${item.envelope.event_id}`)
    if (++seen === tokens.length) break
  }

  // Every error names its code and, where the input is wrong, the field.
  await store.queryEvents({ time_range: { start: 'yesterday' } })
} catch (error) {
  if (!(error instanceof ExperienceError)) throw error
  console.log(`refused: ${error.code} ${error.field}`)
} finally {
  await store.close()
}
