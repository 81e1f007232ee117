import { z } from 'zod'
import { ArtifactKind, ArtifactState } from './artifact.ts'
import { optional, string, usize } from './scalars.ts'
import type * as queries from '../types/query-types.ts'

/** docs/contract.md §10. */
export const ArtifactQuery = z
  .object({
    tenant_id: optional(string).describe('Tenant'),
    artifact_id: optional(string).describe('Artifact'),
    kind: optional(ArtifactKind).describe('Kind of artifact'),
    state: optional(ArtifactState).describe('Current state'),
    limit: optional(usize).describe('How many artifacts at most'),
  })
  .meta({ id: 'ArtifactQuery', description: 'A question for the current state of artifacts' })

export type ArtifactQuery = queries.ArtifactQuery
