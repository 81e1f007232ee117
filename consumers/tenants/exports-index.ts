import type { LoggedOperation } from '../../log/operations/operation.ts'

/** A file that holds a copy of a tenant's log. */
export interface ExportedFile {
  readonly file: string
  /** ISO 8601. */
  readonly exported_at: string
  readonly exported_by: string
  /** Tenants in it, `''` for events without one. */
  readonly tenants: readonly string[]
  readonly records: number
  readonly digest: string
}

/** The index of exports, the oldest first: without tenants that were deleted since, and files that hold no other. */
export function exportsIndex(operations: readonly LoggedOperation[]): ExportedFile[] {
  let files: ExportedFile[] = []
  for (const { at, by, operation } of operations) {
    if (operation.type === 'Exported') {
      const { type: _, ...exported } = operation
      files.push({ ...exported, exported_at: at, exported_by: by })
    }
    if (operation.type === 'TenantDeleted') {
      files = files
        .map((each) => ({ ...each, tenants: each.tenants.filter((tenant) => tenant !== operation.tenant) }))
        .filter(({ tenants }) => tenants.length > 0)
    }
  }
  return files
}
