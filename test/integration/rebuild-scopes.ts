import type { RebuildScope } from '../../log/operations/operation.ts'

/** What a rebuild makes anew unless something is left out. */
export const EVERYTHING: RebuildScope = { tenants: null, projections: null, range: null }
