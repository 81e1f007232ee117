import type { LoggedOperation } from '../log/operation.ts'

/** A file, or `-` for what went to standard output, that holds a copy of tenants' logs. */
export interface ExportedFile {
  readonly file: string
  /** ISO 8601. */
  readonly exported_at: string
  readonly exported_by: string
  /** Topics in it that have not been deleted since. */
  readonly topics: readonly string[]
  readonly records: number
  readonly digest: string
}

/** The index of exports, the oldest first: without tenants that were deleted since, and files that held no other. */
export function exportsIndex(operations: readonly LoggedOperation[]): ExportedFile[] {
  let files: ExportedFile[] = []
  for (const { at, by, operation } of operations) {
    if (operation.type === 'Exported') {
      const { type: _, ...exported } = operation
      files.push({ ...exported, exported_at: at, exported_by: by })
    }
    if (operation.type === 'TenantDeleted') {
      files = files
        .map((each) => ({ ...each, topics: each.topics.filter((topic) => topic !== operation.topic) }))
        .filter(({ topics }) => topics.length > 0)
    }
  }
  return files
}
