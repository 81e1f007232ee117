/** What it does to a batch between its first commit and its last: these tell most where one insert has rows of many partitions. */
export const batchFaults = [
  'projector-killed-amid-intents',
  'projector-killed-amid-commits',
  'insert-after-take-over-from-dead-projector',
  'insert-after-take-over-answer-lost',
  'batch-of-killed-taken-over-by-two',
  'batch-of-frozen-taken-over-by-two',
  'insert-answer-lost-as-group-changes',
] as const

/** What it does to a serving process while clients write over HTTP. */
export const serveFaults = [
  'serve-killed',
  'serve-killed-amid-append',
  'serve-killed-before-answer',
  'serve-terminated',
] as const

/** What the suite does to a distributed installation, by what it is done to. Faults of one lane come one after the other. */
export const distributedFaults = {
  projectors: [
    'projector-killed',
    'projector-killed-before-insert',
    'projector-killed-after-insert',
    'projector-killed-between-commits',
    'projector-frozen-past-session',
    'insert-held-past-session',
    'projector-joined',
    'projector-left',
    'projector-clock-jumped',
    ...batchFaults,
  ],
  brokers: ['broker-killed', 'leader-killed', 'broker-frozen'],
  clickhouse: [
    'clickhouse-killed',
    'clickhouse-unreachable',
    'clickhouse-slow',
    'insert-answered-with-error-after-storing',
    'insert-answer-lost-after-storing',
    'insert-cut-off',
  ],
  registry: ['registry-killed', 'registry-frozen'],
  writers: ['writer-killed', 'writer-clock-jumped', 'old-events-sent-again'],
  served: serveFaults,
} as const

/** What it does to the process that hosts log and read model: one that writes itself, or one that serves. */
export const embeddedFaults = {
  process: ['embedded-process-killed', 'embedded-disk-filled', 'embedded-clock-jumped', 'embedded-process-terminated'],
  served: serveFaults,
} as const

export type BatchFault = (typeof batchFaults)[number]
export type DistributedLane = keyof typeof distributedFaults
export type DistributedFault = (typeof distributedFaults)[DistributedLane][number]
export type EmbeddedFault = (typeof embeddedFaults)['process'][number]
export type ServeFault = (typeof serveFaults)[number]
export type FaultKind = DistributedFault | EmbeddedFault | ServeFault
