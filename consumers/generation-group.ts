import type { TenantTopics } from '../log/tenant-topics.ts'
import type { Generation } from '../projections/generations/generation.ts'

/** Consumer group of the projectors of a generation: who is in it projects into its tables. */
export function projectorGroup(topics: TenantTopics, { id }: Pick<Generation, 'id'>): string {
  return `${topics.prefix}.projector.${id}`
}

/** Group, of which nobody is ever a member, that holds up to where a generation's tables were copied from another. */
export function seedGroup(topics: TenantTopics, generation: Pick<Generation, 'id'>): string {
  return `${projectorGroup(topics, generation)}.seed`
}
