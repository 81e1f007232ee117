import type { Observer } from '../../base/observer.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { ProjectionForm } from '../../projections/forms/form.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { BlockBuilder } from '../../projections/native/block-builder.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { DeadLetterLimit } from '../dead-letters/dead-letter-limit.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import type { BadRecord } from '../read-record.ts'
import type { Selection } from '../selection.ts'
import type { BatchDecoder } from './batch-decoder.ts'

/** What a projection is made of. */
export interface ProjectionParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  readonly store: ReadModelStore
  readonly generation: Generation
  /** Above which share of bad records to hold a topic. Default: none. */
  readonly limit?: DeadLetterLimit
  /** What the tables take of the log. Default: everything. */
  readonly selection?: Selection
  /** Appends bad records to their dead-letter topics. Default: all that are bad, whether they are there already or not. */
  readonly appendBad?: (bad: readonly BadRecord[]) => Promise<void>
  /** What the records become. Default: the form of this release. */
  readonly form?: ProjectionForm
  /** Hears of batches. Default: nobody does. */
  readonly observer?: Observer
}

/** What one batch is made with. Blocks lie in its memory, so that it belongs to one batch at a time. */
export interface BatchBuilders {
  readonly reader: BatchDecoder
  readonly deadLetters: BlockBuilder<ProjectionForm['deadLetterColumns']>
}

/** All that one batch takes. */
export interface BatchParts extends ProjectionParts, BatchBuilders {
  readonly form: ProjectionForm
  readonly appendBad: (bad: readonly BadRecord[]) => Promise<void>
}
