// Appends an event to the log and reads it from the tables: `npx tsx examples/append-and-query.ts`.
// Log and tables are embedded, in ./.experience-log; the variables of docs/settings.md name Kafka and ClickHouse instead.
// One process at a time opens embedded tables. The engine wants UV_THREADPOOL_SIZE=16 (docs/library.md).
import { envelopeToJson, readSettings, StreamingExperienceStore } from 'experience-log'

const store = await StreamingExperienceStore.open(readSettings(process.env))
try {
  await store.appendEvent({
    event_id: 'evt-1',
    occurred_at: '2026-04-23T09:14:07Z',
    tenant_id: 'acme',
    event: {
      type: 'OutcomeRecorded',
      data: { chain_id: 'chain-1', step: 'Planning', passed: true, latency_ms: 812, cost_microdollars: 5300 },
    },
  })

  // A store reads its own writes. Equal events count once, so a second run prints the same.
  let after: string | null = null
  do {
    const page = await store.queryEventPage({ tenant_id: 'acme', kinds: ['OutcomeRecorded'], limit: 100, after })
    for (const envelope of page.events) console.log(envelopeToJson(envelope))
    after = page.next
  } while (after !== null)
} finally {
  await store.close()
}
