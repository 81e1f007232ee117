import { includesDescribe, type Right, type RightOperation, type RightResource } from './right.ts'

export const ROLES = ['produce', 'project', 'ask', 'operate'] as const
export type Role = (typeof ROLES)[number]

/** What a role may do with one resource. */
export interface RoleRight {
  readonly role: Role
  readonly resource: RightResource
  /** How the resource's name goes on after the topic prefix and a dot; a transactional id's has no topic prefix. */
  readonly suffix: string
  readonly isPrefix: boolean
  readonly operations: readonly RightOperation[]
  readonly why: string
}

/** What transactional ids begin with: the client id. */
export const TRANSACTIONAL_ID_PREFIX = 'experience-log-'

const events = { resource: 'topic', suffix: 'events.', isPrefix: true } as const
const deadLetters = { resource: 'topic', suffix: 'dead-letters.', isPrefix: true } as const
const operationsTopic = { resource: 'topic', suffix: 'operations', isPrefix: false } as const
const projectors = { resource: 'group', suffix: 'projector.', isPrefix: true } as const
const maintenance = { resource: 'group', suffix: 'maintenance', isPrefix: false } as const
const transactions = { resource: 'transactional id', suffix: TRANSACTIONAL_ID_PREFIX, isPrefix: true } as const

/** What each role needs of Kafka, and nothing that it does not: docs/rights.md is made from it, and every line is tested. */
export const roleRights: readonly RoleRight[] = [
  {
    role: 'produce',
    ...events,
    operations: ['Write', 'Create'],
    why: 'appends; creates the topic of a tenant at its first event',
  },
  {
    role: 'produce',
    ...transactions,
    operations: ['Write'],
    why: 'appends events of several tenants or partitions together, all or none (`appendAtomic`, `appendEvents`)',
  },
  {
    role: 'project',
    ...events,
    operations: ['Read', 'DescribeConfigs'],
    why: 'reads the events; warns at its start of topics that forget what they hold',
  },
  {
    role: 'project',
    ...deadLetters,
    operations: ['Write', 'Create', 'DescribeConfigs'],
    why: 'puts aside what is not an event; warns',
  },
  {
    role: 'project',
    ...operationsTopic,
    operations: ['Read', 'Write', 'Create', 'DescribeConfigs'],
    why: 'reads which generation is to be projected into; notes that a topic is held; warns',
  },
  { role: 'project', ...projectors, operations: ['Read'], why: 'shares the partitions, and commits' },
  {
    role: 'ask',
    ...events,
    operations: ['Read'],
    why: 'sees where the log ends, to wait until that is projected; `verify` and `tail` read it',
  },
  { role: 'ask', ...deadLetters, operations: ['Read'], why: '`dead-letters list` and `show`' },
  { role: 'ask', ...operationsTopic, operations: ['Read'], why: 'sees which topics are held; `operations list`' },
  { role: 'ask', ...projectors, operations: ['Describe'], why: 'sees how far projectors have come' },
  { role: 'ask', ...maintenance, operations: ['Describe'], why: '`rebuild status`' },
  {
    role: 'operate',
    ...events,
    operations: ['Read', 'Write', 'Create', 'Delete', 'DescribeConfigs'],
    why: '`rebuild`, `export` and `dead-letters retry` read; `import` and `dead-letters retry` append; `tenants delete` deletes; `rebuild` warns of topics that forget',
  },
  {
    role: 'operate',
    ...deadLetters,
    operations: ['Read', 'Write', 'Create', 'Delete', 'DescribeConfigs'],
    why: 'the same',
  },
  {
    role: 'operate',
    ...operationsTopic,
    operations: ['Read', 'Write', 'Create', 'DescribeConfigs'],
    why: 'notes what was done, and agrees with other processes by it; warns',
  },
  {
    role: 'operate',
    ...projectors,
    operations: ['Read', 'Delete'],
    why: '`rebuild` and `rollback` project; `rebuild` and `prune` delete the groups of generations that are gone',
  },
  { role: 'operate', ...maintenance, operations: ['Read'], why: 'keeps two operations from being at work at once' },
  {
    role: 'operate',
    ...transactions,
    operations: ['Write'],
    why: '`dead-letters retry` appends and settles together, both or neither',
  },
]

/** The name, or the beginning of the names, that the right of a role is about. */
export function resourceName(topicPrefix: string, { resource, suffix }: RoleRight): string {
  return resource === 'transactional id' ? suffix : `${topicPrefix}.${suffix}`
}

/** Which roles have a right: one of those is what who lacks it is meant to have. Names of other programs are no role's. */
export function rolesWith({ resource, name, operation }: Right): Role[] {
  const own = resource === 'transactional id' ? name : name.slice(name.indexOf('.') + 1)
  const isIncluded = (granted: readonly RightOperation[]): boolean =>
    granted.includes(operation) || (operation === 'Describe' && granted.some(includesDescribe))
  return ROLES.filter((role) =>
    roleRights.some(
      (each) =>
        each.role === role && each.resource === resource && own.startsWith(each.suffix) && isIncluded(each.operations),
    ),
  )
}
