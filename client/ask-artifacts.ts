import type { ArtifactStatus } from '../queries/artifact-status.ts'
import { ArtifactQuery } from '../schemas/contract/artifact-query.ts'
import { parseInput } from '../schemas/contract/parse-input.ts'
import type { ArtifactKind } from '../schemas/types/event-part-types.ts'
import type { ArtifactQueryInput } from '../schemas/types/query-types.ts'
import { rowsIn } from './answer-rows.ts'
import type { Asked } from './http-connection.ts'
import type { JsonObject } from './read-json.ts'

/** Artifacts of a page. */
const PAGE = 10_000n
const KNOWN_KINDS: ReadonlySet<string> = new Set(['adapter', 'pack', 'policy', 'truthfile', 'evalsuite'])

/** Asks for a page: of which tenant, and by which parameters. */
type AskPage = (tenant: string | null, query: NonNullable<Asked['query']>) => Promise<JsonObject>

/** Finds artifacts, page by page. Error: `InvalidQuery` naming the field. */
export async function askArtifacts(input: ArtifactQueryInput, askPage: AskPage): Promise<ArtifactStatus[]> {
  const { tenant_id, artifact_id, kind, state, limit } = parseInput(ArtifactQuery, input)
  const word = wordOf(kind)
  // What a parameter cannot say is sorted out here.
  const sorted = word === null ? kind : null
  const isWanted = (found: ArtifactStatus): boolean => sorted === null || isSame(found.kind, sorted)
  const artifacts: ArtifactStatus[] = []
  const isEnough = (): boolean => limit !== null && artifacts.length >= limit
  let after: unknown = null
  do {
    const left = limit === null || sorted !== null ? PAGE : limit - BigInt(artifacts.length)
    const query = { artifact_id, kind: word, state, limit: left < PAGE ? left : PAGE, after: after as string | null }
    const page = await askPage(tenant_id, query)
    artifacts.push(...(rowsIn(page, 'artifacts') as unknown as ArtifactStatus[]).filter(isWanted))
    after = page['next'] ?? null
  } while (after !== null && !isEnough())
  return limit === null ? artifacts : artifacts.slice(0, Number(limit))
}

/** How a parameter says a kind; null where it cannot: another kind that is called like a known one. */
function wordOf(kind: ArtifactKind | null): string | null {
  if (kind === null || typeof kind === 'string') return kind
  return KNOWN_KINDS.has(kind.Other.toLowerCase()) ? null : kind.Other
}

function isSame(found: ArtifactKind | null, wanted: ArtifactKind): boolean {
  if (typeof wanted === 'string' || typeof found === 'string') return found === wanted
  return found?.Other === wanted.Other
}
