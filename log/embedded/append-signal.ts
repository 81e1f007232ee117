import type { EventEmitter } from 'node:events'

/** Tells this process's consumers of appends at once. Listeners get the ids of the partitions appended to. */
export type AppendSignal = EventEmitter<{ appended: [partitions: ReadonlySet<string>] }>
