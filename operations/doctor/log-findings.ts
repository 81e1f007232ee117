import { missingRightsText } from '../../log/rights/right-texts.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { ownTopics } from './forgetting-topics.ts'
import { fine, type Finding } from './finding.ts'
import { topicFaults, type TopicFault } from './topic-faults.ts'

/** Topics that are named of those with the same fault. */
const NAMED = 3

/**
 * Whether the log's topics are kept as the source of truth has to be. Errors: `Unavailable`, `StorageError`.
 */
export async function logFindings(parts: Pick<TenantLog, 'log' | 'topics'>): Promise<Finding[]> {
  const { log, topics } = parts
  const { name, brokers } = await log.describe()
  const served = brokers === null ? name : `${name}, ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`
  const seen = [topics.topicPrefix('events'), topics.topicPrefix('dead-letters')].map((prefix) => ({
    ...({ resource: 'topic', isPrefix: true, operation: 'Describe' } as const),
    name: prefix,
  }))
  const unseen = await log.missingRights(seen)
  if (unseen.length > 0) {
    const message = `topics were not looked at: ${missingRightsText(unseen)}`
    const next = 'run doctor as a user with the role ask or operate as well'
    return [fine('log', served), { area: 'log', severity: 'note', message, next }]
  }
  const names = await ownTopics(parts)
  const tenants = names.filter((each) => each.startsWith(topics.topicPrefix('events'))).length
  const found = [fine('log', `${served}: events of ${tenants} tenants`)]
  const described = await log.describeTopics(names)
  const faults = described.flatMap(topicFaults)
  if (names.length > 0 && faults.length === 0) found.push(fine('log', 'every topic keeps all that it holds'))
  return [...found, ...grouped(faults)]
}

/** One finding for each kind of fault: thousands of tenants tend to share it. */
function grouped(faults: readonly TopicFault[]): Finding[] {
  return [...new Set(faults.map(({ kind }) => kind))].map((kind) => {
    const [first, ...others] = faults.filter((each) => each.kind === kind) as [TopicFault, ...TopicFault[]]
    const named = others.slice(0, NAMED - 1).map(({ topic }) => topic)
    const more = others.length - named.length
    const also = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
    const message = others.length === 0 ? first.message : `${first.message}; the same holds of ${also}`
    return { area: 'log', severity: first.severity, message, next: first.next }
  })
}
