import type { RebuildScope } from '../../../operations/log/operation.ts'

/** What a rebuild makes anew unless something is left out. */
export const EVERYTHING: RebuildScope = { tenants: null, projections: null, range: null }
