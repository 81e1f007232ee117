// Appends events to a store that keeps them in memory, and asks for them: `npx tsx examples/in-memory.ts`.
import { ExperienceError, InMemoryExperienceStore } from 'experience-log'

const store = new InMemoryExperienceStore()

await store.appendEvents([
  {
    event_id: 'evt-1',
    occurred_at: '2026-04-23T09:14:07Z',
    tenant_id: 'acme',
    event: {
      type: 'OutcomeRecorded',
      data: { chain_id: 'chain-1', step: 'Planning', passed: true, latency_ms: 812, tokens: 1450n },
    },
  },
  {
    event_id: 'evt-2',
    occurred_at: '2026-04-23T09:14:09Z',
    tenant_id: 'acme',
    event: {
      type: 'BudgetExceeded',
      data: { chain_id: 'chain-1', resource: 'Tokens', limit: '1000', observed: '1450' },
    },
  },
])

for (const { event_id, event } of await store.queryEvents({ tenant_id: 'acme', chain_id: 'chain-1' })) {
  // `event.type` tells the compiler which fields `event.data` has.
  const detail = event.type === 'OutcomeRecorded' ? `${event.data.tokens} tokens` : event.type
  console.log(`${event_id}: ${detail}`)
}

// Every error names its code and, where the input is wrong, the field.
try {
  await store.appendEvent({
    event_id: 'evt-3',
    occurred_at: '2026-04-23T09:14:11Z',
    event: { type: 'OutcomeRecorded', data: { chain_id: 'chain-1', step: 'Planning', passed: false, tokens: -1 } },
  })
} catch (error) {
  if (!(error instanceof ExperienceError)) throw error
  console.log(`rejected: ${error.code} ${error.field}`)
}

await store.close()
