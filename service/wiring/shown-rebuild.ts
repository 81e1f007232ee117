import type { RebuildResult } from '../../operations/rebuild/rebuild.ts'
import type { Difference } from '../../operations/verify/difference.ts'

/** What a rebuild came to, as every door shows it. */
export interface ShownRebuild {
  readonly generation: string
  /** Of a side table that is whole, where it is; else null. */
  readonly table: string | null
  readonly events: number
  readonly differences: readonly Difference[]
  /** Which options let it switch in spite of some of the differences. */
  readonly allowed_by: readonly ('accept_dead_letters' | 'accept_lost_events')[]
  readonly switched: boolean
}

const OPTIONS = { acceptDeadLetters: 'accept_dead_letters', acceptLostEvents: 'accept_lost_events' } as const

export function shownRebuild(result: RebuildResult, database: string): ShownRebuild {
  const { generation, events, differences, allowedBy, switched } = result
  // Only a side table is whole without being switched to.
  const isSideTable = !switched && differences.length === 0
  return {
    generation: generation.id,
    table: isSideTable ? `${database}.${generation.eventsTable}` : null,
    events,
    differences,
    allowed_by: allowedBy.map((option) => OPTIONS[option]),
    switched,
  }
}
