import type { AppendRequest } from '../../../log/event-log.ts'
import type { LogRecord } from '../../../log/record.ts'
import { envelopeAvroSchema, ENVELOPE_SUBJECT } from '../../../schemas/avro/schema/avro-schema.ts'
import type { OpenLog } from '../../../service/wiring/open-log.ts'
import { framed, negativeCycleBody, presentSchema, uncheckedBody } from '../dead-letters/bad-records.ts'
import { outcome } from '../test-events.ts'

/** Another version of the present schema: without a field that has a default. */
const EARLIER = JSON.stringify(envelopeAvroSchema, (key, value: unknown) =>
  key === 'fields' ? (value as { name: string }[]).filter(({ name }) => name !== 'metadata') : value,
)
const FOREIGN = '{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"number","type":"long"}]}'

export const MANY_HEADERS = Object.fromEntries(
  Array.from({ length: 200 }, (_, at) => [`header-${at}`, `значение 🙂 ${at}`]),
)
export const EXTREME = 2n ** 64n - 1n

/** Appends what a tenant's topic may hold besides usual events: good, bad, and of every foreign make. */
export async function appendHostileRecords({ log, registry, topics }: OpenLog, tenant: string): Promise<void> {
  const id = await presentSchema({ registry })
  const earlier = await registry.register(ENVELOPE_SUBJECT, EARLIER)
  const foreign = await registry.register('com.example.Order', FOREIGN)
  const extreme = outcome(
    { tenant_id: tenant, event_id: 'evt-extreme' },
    { tokens: EXTREME, cost_microdollars: EXTREME },
  )
  const old = outcome({ tenant_id: tenant, event_id: 'evt-old' })
  const stray = outcome({ tenant_id: 'somebody-else', event_id: 'evt-stray' })
  const emoji = outcome({ tenant_id: tenant, event_id: 'evt-emoji' }, { chain_id: '🙂', backend: 'é 🙂' })
  const values: (Buffer | null)[] = [
    framed(id, uncheckedBody(extreme)),
    null,
    Buffer.alloc(0),
    Buffer.from('garbage 🙂'),
    Buffer.of(0, 1),
    framed(2_000_000_000, Buffer.from('of an unknown schema')),
    // A body without its last byte, the empty metadata, is one of the version without metadata.
    framed(earlier, uncheckedBody(old).subarray(0, -1)),
    framed(foreign, Buffer.of(84)),
    framed(id, Buffer.from('no body')),
    framed(id, negativeCycleBody(tenant)),
    framed(id, uncheckedBody(stray)),
    framed(id, uncheckedBody(emoji)),
  ]
  const records = values.map<LogRecord>((value, at) => ({
    key: at % 2 === 0 ? '🙂' : '',
    value,
    headers: at === 3 || at === 11 ? MANY_HEADERS : { kind: 'é', 'dead-letter.topic': 'copied', empty: '' },
    timestamp: at === 0 ? 0 : 1_767_225_600_000 + at,
  }))
  const topic = topics.topic('events', tenant)
  await log.append(records.map<AppendRequest>((record) => ({ topic, record })))
}

/** Those of the records that are no events, and go to the dead letters. */
export const HOSTILE_BAD = 9
