import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LmdbEventLog, type LmdbEventLogOptions } from '../../../log/embedded/lmdb-event-log.ts'
import { LmdbSchemaRegistry } from '../../../log/embedded/lmdb-schema-registry.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import { TenantTopics } from '../../../log/tenant-topics.ts'
import { EVENT_ID_HEADER } from '../../../log/record-headers.ts'
import { processClock, type AppendClock } from '../../../producers/append-clock.ts'
import { EventEncoder } from '../../../producers/encode-event.ts'
import { compatibilityFault } from '../../../schemas/avro/schema/schema-compatibility.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { WatchedLog } from './watched-log.ts'

/** A record as the log holds it. */
export interface Held {
  readonly partition: number
  readonly offset: bigint
  readonly key: string
  readonly eventId: string
}

export interface ProducerFixture {
  readonly log: WatchedLog
  readonly encoder: EventEncoder
  readonly topics: TenantTopics
  /** What the tenant's topic holds, by partition and offset. */
  readonly held: (tenantId: string | null) => Promise<Held[]>
}

/** An embedded log in a directory of its own, shared by a file's tests; each fixture has topics of its own. */
export async function openLogs(): Promise<{
  fixture(options?: LmdbEventLogOptions & { readonly clock?: AppendClock }): Promise<ProducerFixture>
  dispose(): Promise<void>
}> {
  const directory = await mkdtemp(join(tmpdir(), 'experience-log-producer-'))
  const tables = await openLmdb(directory)
  const registry = new LmdbSchemaRegistry(tables, { checkCompatible: compatibilityFault })
  return {
    fixture: async ({ clock = processClock, ...options } = {}) => {
      const log = new WatchedLog(new LmdbEventLog(tables, options))
      const topics = new TenantTopics(randomUUID())
      const encoder = await EventEncoder.create({ registry, topics, clock })
      return { log, topics, encoder, held: (tenantId) => readTopic(log, topics.topic('events', tenantId)) }
    },
    dispose: async () => {
      await tables.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function readTopic(log: WatchedLog, topic: string): Promise<Held[]> {
  const ends = await log.offsets([topic])
  const held: Held[] = []
  const ranges = ends.map(({ partition, earliest, next }) => ({ topic, partition, from: earliest, to: next }))
  for await (const batch of log.read(ranges)) {
    for (const { partition, offset, key, headers } of batch.records) {
      held.push({ partition, offset, key, eventId: headers[EVENT_ID_HEADER] ?? '' })
    }
  }
  return held.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}

/** A valid event. Its record is as long as the payload and some 150 bytes. */
export function eventOf(
  id: string,
  { tenant = null, run = null, payload = '' }: { tenant?: string | null; run?: string | null; payload?: string } = {},
): ExperienceEventEnvelope {
  return {
    event_id: id,
    occurred_at: '2026-04-23T12:00:00Z',
    tenant_id: tenant,
    correlation_id: run,
    event: {
      type: 'FactPromoted',
      data: { proposal_id: 'p', fact_id: 'f', promoted_by: 'agent', reason: payload, requires_human: false },
    },
  }
}
