import { currentForm, type ProjectionForm } from '../forms/form.ts'
import { columnDefinitions } from '../columns/table-columns.ts'

/**
 * The statement that creates a table of dead letters, if it does not exist. `qualifiedName` is what `store.table()` gave. Ordered by
 * topic, since that always tells tenants apart: a long tenant id is shortened in the topic's name.
 */
export function createDeadLettersTable(qualifiedName: string, form: ProjectionForm = currentForm): string {
  return `CREATE TABLE IF NOT EXISTS ${qualifiedName} (
  ${columnDefinitions(form.deadLetterColumns)}
)
ENGINE = MergeTree
ORDER BY (topic, logged_at, partition, offset)
SETTINGS non_replicated_deduplication_window = 100000
COMMENT 'Records of the log that are no events: read them through the view dead_letters'`
}
