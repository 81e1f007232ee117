import type { SchemaRegistry } from '../../log/schema-registry.ts'
import { fine, type Finding } from './finding.ts'

const DEMANDED = 'FULL_TRANSITIVE'

/** Whether the registry holds this release's schema under rules that keep every record readable. Errors: `Unavailable`, `StorageError`. */
export async function registryFindings(
  registry: Pick<SchemaRegistry, 'describe'>,
  subject: string,
  schema: string,
): Promise<Finding[]> {
  const { isRegistered, versions, compatibility } = await registry.describe(subject, schema)
  if (versions === 0) return [fine('registry', `no schema of ${subject} yet: the first append registers it`)]
  const held = `${versions} ${versions === 1 ? 'version' : 'versions'} of ${subject}`
  const found: Finding[] = isRegistered
    ? [fine('registry', `${held}, this release's among them`)]
    : [
        {
          area: 'registry',
          severity: 'note',
          message: `${held}, but not this release's`,
          next: 'the first append of this release registers it',
        },
      ]
  if (compatibility !== DEMANDED) {
    const has =
      compatibility === null ? 'no compatibility level of its own' : `the compatibility level ${compatibility}`
    const message = `${subject} has ${has}, not ${DEMANDED}: a schema may be registered that makes records unreadable`
    const next = `curl -X PUT -H 'content-type: application/json' -d '{"compatibility":"${DEMANDED}"}' "$SCHEMA_REGISTRY_URL/config/${subject}"`
    found.push({ area: 'registry', severity: 'warning', message, next })
  }
  return found
}
