import { z } from 'zod'
import { parsePosition } from '../../base/position.ts'
import { KEY_ROLES } from '../keys/key.ts'

/** What a generation is built of. Text fields are as operators gave them. */
export const RebuildScope = z.object({
  /** Tenants whose rows are made anew, `''` for events without one; null for all. The others' rows are copied. */
  tenants: z.array(z.string()).nullable(),
  /** Projections that are made anew; null for all. The others' rows are copied. */
  projections: z.array(z.enum(['events', 'dead_letters'])).nullable(),
  /** Instants, both included, of the events that a side table is made of; null where readers are to be switched. */
  range: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
})
export type RebuildScope = z.output<typeof RebuildScope>

/** `''` for events without a tenant. */
const tenant = z.string()
const generation = z.string().regex(/^[0-9a-f]{12}$/)
/** `topic/partition/offset` */
const position = z.string().refine((text) => parsePosition(text) !== null)
/** Operations of one read model concern no other that is projected from the same log. */
const inReadModel = { read_model: z.string() }

/** What there was of a tenant: records of its topics, rows of the generation that had most. */
const deleted = { records: z.number(), events: z.number(), dead_letters: z.number() }

/** What an operator did, or a process on an operator's behalf. */
export const Operation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('RebuildStarted'),
    ...inReadModel,
    database: z.string(),
    generation,
    scope: RebuildScope,
  }),
  /** What is not made anew has been copied. */
  z.object({ type: z.literal('RebuildSeeded'), ...inReadModel, generation }),
  z.object({ type: z.literal('RebuildPaused'), ...inReadModel, generation }),
  z.object({ type: z.literal('RebuildResumed'), ...inReadModel, generation }),
  z.object({ type: z.literal('RebuildAbandoned'), ...inReadModel, generation }),
  /** The proof failed: readers stay where they are. */
  z.object({ type: z.literal('RebuildDiffered'), ...inReadModel, generation, differences: z.number() }),
  /** A side table is whole; readers do not follow it. */
  z.object({ type: z.literal('SideTableCompleted'), ...inReadModel, generation }),
  /** Projectors are to project into `to` from now on, and readers to follow. */
  z.object({
    type: z.literal('GenerationSwitched'),
    ...inReadModel,
    from: generation,
    to: generation,
    because: z.enum(['rebuild', 'rollback', 'cancelled']),
  }),
  z.object({ type: z.literal('GenerationPruned'), ...inReadModel, generation }),
  /** Most of a topic's latest records are no events: the projectors of the read model leave it alone from `position` on. */
  z.object({
    type: z.literal('TopicHeld'),
    ...inReadModel,
    database: z.string(),
    topic: z.string(),
    position,
    bad: z.number(),
    records: z.number(),
    share: z.number(),
    /** What most of the bad records have, and the first of these. A later release may know more reasons. */
    reason: z.string(),
    example: position,
    message: z.string(),
  }),
  /** In every read model the topic is projected again. Records before the positions pass, whatever they are. */
  z.object({ type: z.literal('TopicReleased'), topic: z.string(), up_to: z.array(position) }),
  /** A file, `-` for standard output, that holds a copy of topics: who erases a tenant has to know of it. */
  z.object({
    type: z.literal('Exported'),
    file: z.string(),
    topics: z.array(z.string()),
    /** Whether these are more topics of the export before, since one record holds a megabyte at most. */
    continues: z.literal(true).optional(),
    records: z.number(),
    digest: z.string(),
  }),
  z.object({ type: z.literal('TenantDeletionStarted'), tenant, topic: z.string(), ...deleted }),
  /** Nothing of the tenant is left in the log, nor in the read model from which it was deleted. */
  z.object({
    type: z.literal('TenantDeleted'),
    tenant,
    topic: z.string(),
    ...deleted,
  }),
  /** A key opens the service's doors. The log keeps its hash alone. */
  z.object({
    type: z.literal('KeyCreated'),
    /** Its id. */
    key: z.string(),
    /** SHA-256, hex. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    /** Null for all tenants. */
    tenant: z.string().nullable(),
    roles: z.array(z.enum(KEY_ROLES)).min(1),
    name: z.string(),
    /** ISO 8601, UTC. */
    expires_at: z.string().nullable(),
    limits: z.object({
      events_per_second: z.number().nullable(),
      bytes_per_second: z.number().nullable(),
      queries_at_once: z.number().nullable(),
    }),
  }),
  z.object({ type: z.literal('KeyRevoked'), key: z.string() }),
  /** A statement of `/v1/sql` is asked by a name from now on, in the place of the one that was. */
  z.object({
    type: z.literal('NamedQueryStored'),
    name: z.string(),
    /** Null for all tenants. */
    tenant: z.string().nullable(),
    sql: z.string(),
    description: z.string(),
  }),
  z.object({ type: z.literal('NamedQueryDeleted'), name: z.string(), tenant: z.string().nullable() }),
  /** Somebody asked for an operator's act over HTTP; what came of it is an operation of its own, if it changes anything. */
  z.object({
    type: z.literal('OperatorAsked'),
    /** Id of the key; null where the door was open without keys. */
    key: z.string().nullable(),
    method: z.string(),
    path: z.string(),
    /** Finds the request in the logs of the process. */
    request: z.string(),
  }),
])
export type Operation = z.output<typeof Operation>

/** An operation as the log keeps it. */
export interface LoggedOperation {
  /** When it was done, ISO 8601, UTC. */
  readonly at: string
  /** Who did it: user@host. */
  readonly by: string
  readonly operation: Operation
}
