// Appends events without opening ClickHouse or chDB: `npx tsx examples/produce.ts`. Any number of processes may do so at once.
import { ExperienceProducer, readSettings, type ExperienceEventEnvelopeInput } from 'experience-log'

function outcome(event_id: string, tokens: number): ExperienceEventEnvelopeInput {
  return {
    event_id,
    occurred_at: new Date().toISOString(),
    tenant_id: 'acme',
    event: { type: 'OutcomeRecorded', data: { chain_id: 'chain-1', step: 'Planning', passed: true, tokens } },
  }
}

const producer = await ExperienceProducer.open(readSettings(process.env))
try {
  // Each event has a verdict of its own: a rejected one does not hold up the others.
  for (const verdict of await producer.appendBatch([outcome('produced-1', 1450), outcome('produced-2', -1)])) {
    if (verdict.verdict === 'accepted') {
      const { topic, partition, offset } = verdict.position
      console.log(`durable at ${topic}/${partition}/${offset}`)
    } else {
      console.log(`rejected: ${verdict.code} ${verdict.field}`)
    }
  }
} finally {
  await producer.close()
}
