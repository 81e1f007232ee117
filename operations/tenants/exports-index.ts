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
  const files: { readonly exported: ExportedFile; readonly topics: Set<string> }[] = []
  for (const { at, by, operation } of operations) {
    if (operation.type === 'Exported') {
      const { type: _, continues = false, ...exported } = operation
      const { file, digest, topics } = exported
      const isBegun = (each: ExportedFile): boolean => each.file === file && each.digest === digest
      const begun = continues ? files.findLast((each) => isBegun(each.exported)) : undefined
      if (begun !== undefined) for (const topic of topics) begun.topics.add(topic)
      else files.push({ exported: { ...exported, exported_at: at, exported_by: by }, topics: new Set(topics) })
    }
    if (operation.type === 'TenantDeleted') for (const { topics } of files) topics.delete(operation.topic)
  }
  return files
    .map(({ exported, topics }) => ({ ...exported, topics: [...topics] }))
    .filter(({ topics }) => topics.length > 0)
}
