import type { RebuildPhase } from '../../../operations/rebuild/rebuild-watch.ts'
import type { RebuildOptions } from '../../../operations/rebuild/rebuild.ts'
import type { ShownRebuild } from '../../wiring/shown-rebuild.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { printRebuilt } from '../generations/print-rebuilt.ts'
import { RebuildReport } from '../generations/rebuild-report.ts'
import type { Act, Operator } from './operator.ts'

/** Has a server rebuild, or go on with the rebuild that is open, and prints what that came to. */
export async function rebuildOverHttp(
  context: CommandContext,
  operator: Operator,
  { scope, acceptDeadLetters, acceptLostEvents = false }: RebuildOptions,
): Promise<number> {
  const begunAt = performance.now()
  const accepted = { accept_dead_letters: acceptDeadLetters, accept_lost_events: acceptLostEvents }
  const { tenants, projections, range } = scope ?? { tenants: null, projections: null, range: null }
  const wanted = { tenant_id: tenants, projection: projections, from: range?.from, to: range?.to }
  const path = scope === null ? 'rebuild/resume' : 'rebuild'
  const answer = await operator.do(path, { query: { ...accepted, ...wanted } })
  const told = JSON.parse(answer) as Act | { readonly paused: boolean }
  // Another process does it.
  if ('paused' in told) {
    await writeLine(context.stdout, answer)
    return EXIT.done
  }
  const report = new RebuildReport(context.stderr)
  const result = await operator.resultOf(told, (progress) => {
    if ('generation' in progress) report.show(progress as RebuildPhase)
  })
  report.end()
  return printRebuilt(context, result as ShownRebuild, begunAt)
}
