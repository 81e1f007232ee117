import { jsonLine } from '../../../schemas/json/json-line.ts'
import type { ShownRebuild } from '../../wiring/shown-rebuild.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { tell } from '../terminal/write.ts'

/**
 * Prints what a rebuild came to, that began at a time of `performance.now()`, and what to do where readers stay where they are. A side
 * table, which readers are not meant to follow, is done when it is whole.
 */
export async function printRebuilt(
  { stdout, stderr }: CommandContext,
  rebuilt: ShownRebuild,
  begunAt: number,
): Promise<number> {
  const { generation, table, events, differences, switched } = rebuilt
  for (const difference of differences) await tell(stderr, jsonLine({ difference }))
  if (differences.length > 0) await tell(stderr, advice(rebuilt))
  const summary = {
    generation,
    ...(table === null ? {} : { table }),
    events,
    seconds: Math.round(performance.now() - begunAt) / 1000,
    differences: differences.length,
    switched,
  }
  await writeLine(stdout, jsonLine(summary))
  return switched || table !== null ? EXIT.done : EXIT.no
}

function advice({ differences, allowed_by }: ShownRebuild): string {
  const named = [...new Set(differences.map(({ topic }) => topic))].slice(0, 10).join(', ')
  const flags = allowed_by.map((option) => `--${option.replaceAll('_', '-')}`).join(' ')
  return (
    `readers stay on the generation that they follow: what was built differs in ${named}. ` +
    (flags === '' ? '' : `To give up the events named above: "experience-log rebuild resume ${flags}". `) +
    'Where this rebuild has copied these rows: "experience-log rebuild abandon", then a rebuild of these tenants, or of everything. ' +
    'Otherwise "experience-log rebuild resume" proves it once more'
  )
}
