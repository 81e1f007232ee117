import { ExperienceError } from '../base/experience-error.ts'
import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'

/** An event that names another tenant than the one whose events are taken. */
export class ForeignTenant extends ExperienceError {
  constructor() {
    super('InvalidQuery', 'tenant_id: must be the tenant of the key, or left out', { field: 'tenant_id' })
  }
}

/** The envelope, as one of the tenant's: it gets the tenant where it has none. Any is taken where `tenant` is null. Error: `ForeignTenant`. */
export function ofTenant(envelope: ExperienceEventEnvelope, tenant: string | null): ExperienceEventEnvelope {
  if (tenant === null || envelope.tenant_id === tenant) return envelope
  if (envelope.tenant_id !== null) throw new ForeignTenant()
  return { ...envelope, tenant_id: tenant }
}
