import { positionText } from '../../base/position.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { ProjectionProgress } from '../../consumers/projection-progress.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { generationNotice } from '../../projections/generations/generation-columns.ts'
import type { Dependencies } from '../dependencies.ts'
import type { HeldTopic } from '../holds/held-topic.ts'
import { HeldTopics } from '../holds/held-topics.ts'
import { fine, type Finding } from './finding.ts'

const NAMED_TOPICS = 3

export interface ProjectionParts extends Pick<Dependencies, 'log' | 'topics' | 'store' | 'operations' | 'readModel'> {
  readonly generation: Generation
  /** Whether this process, and no other, projects: then nobody has to run. */
  readonly embedded: boolean
}

/** How far the read model is, and what it lacks. Errors: `Unavailable`, `StorageError`. */
export async function projectionFindings(parts: ProjectionParts): Promise<Finding[]> {
  const held = new HeldTopics(await parts.operations.read(), parts.readModel).all()
  return [
    ...(await lagFindings(parts, held)),
    ...heldFindings(held),
    ...(await deadLetterFindings(parts)),
    ...(await formFindings(parts)),
  ]
}

async function lagFindings(parts: ProjectionParts, held: readonly HeldTopic[]): Promise<Finding[]> {
  const { log, topics, generation, embedded } = parts
  const group = projectorGroup(topics, generation)
  const progress = new ProjectionProgress(log, topics, async () => group)
  const isHeld = new Set(held.map(({ topic }) => topic))
  const lacking = await progress.lagBehind(await progress.endOfLog())
  const behind = lacking.filter(({ topic }) => !isHeld.has(topic))
  const records = behind.reduce((sum, { lag }) => sum + lag, 0n)
  const projectors = await log.groupMembers(group)
  if (embedded) {
    const message =
      records === 0n
        ? 'every record is projected'
        : `${records} records are not projected yet: the next question projects them`
    return [fine('projection', message)]
  }
  const running = `${projectors} ${projectors === 1 ? 'projector runs' : 'projectors run'}`
  if (projectors === 0) {
    const next = 'experience-log project'
    const message = `no projector runs; ${records} records are not projected yet`
    return [{ area: 'projection', severity: records === 0n ? 'note' : 'warning', message, next }]
  }
  return [
    fine(
      'projection',
      records === 0n ? `${running}, every record is projected` : `${running}, ${records} records behind`,
    ),
  ]
}

function heldFindings(held: readonly HeldTopic[]): Finding[] {
  if (held.length === 0) return []
  const named = held.slice(0, NAMED_TOPICS).map(({ topic, position }) => `${topic} from ${positionText(position)} on`)
  const more = held.length > NAMED_TOPICS ? ` and ${held.length - NAMED_TOPICS} more` : ''
  const message = `held, since most of the latest records are not events: ${named.join(', ')}${more}`
  const next =
    'experience-log dead-letters held, and mend the producer; then: experience-log dead-letters release --all'
  return [{ area: 'projection', severity: 'error', message, next }]
}

async function deadLetterFindings({ store }: ProjectionParts): Promise<Finding[]> {
  const [row] = await store.query<{ letters: string; topics: string }>({
    sql: `SELECT count() AS letters, uniqExact(topic) AS topics FROM ${store.table('dead_letters')}`,
  })
  const letters = Number(row?.letters ?? 0)
  if (letters === 0) return [fine('projection', 'no dead letters')]
  const message = `${letters} records in ${row?.topics} topics became dead letters`
  return [{ area: 'projection', severity: 'note', message, next: 'experience-log dead-letters list' }]
}

async function formFindings({ store, generation }: ProjectionParts): Promise<Finding[]> {
  const notice = await generationNotice(store, generation)
  return notice === null
    ? []
    : [{ area: 'projection', severity: 'warning', message: notice, next: 'experience-log rebuild' }]
}
